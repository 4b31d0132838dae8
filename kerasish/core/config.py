"""Process-wide settings: float dtype, epsilon, image layout, precision, logging.

Read at import from `~/.kerasish/kerasish.json` (or `$KERASISH_HOME/kerasish.json`)
when that file exists; every setting can be changed at run time. Which backend is
current is not kept here but in `kerasish.backends`.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kerasish.core.errors import ArgumentError
from kerasish.core.revision import revise, settings

__all__ = [
    "config_path",
    "disable_flash_attention",
    "disable_interactive_logging",
    "disable_traceback_filtering",
    "enable_flash_attention",
    "enable_interactive_logging",
    "enable_traceback_filtering",
    "epsilon",
    "floatx",
    "image_data_format",
    "is_flash_attention_enabled",
    "is_interactive_logging_enabled",
    "is_nnx_enabled",
    "is_traceback_filtering_enabled",
    "load_config_file",
    "matmul_precision",
    "max_epochs",
    "max_steps_per_epoch",
    "set_epsilon",
    "set_floatx",
    "set_image_data_format",
    "set_matmul_precision",
    "set_max_epochs",
    "set_max_steps_per_epoch",
]

FLOATS = ("float16", "bfloat16", "float32", "float64")
LAYOUTS = ("channels_last", "channels_first")
PRECISIONS = ("highest", "high", "medium")


@dataclass
class _Settings:
    """The current values; one instance for the process."""

    floatx: str = "float32"
    epsilon: float = 1e-7
    image_data_format: str = "channels_last"
    matmul_precision: str = "highest"
    flash_attention: bool = True
    interactive_logging: bool = True
    traceback_filtering: bool = True
    max_epochs: int | None = None
    max_steps_per_epoch: int | None = None


_settings = _Settings()


def config_path() -> Path:
    """Returns the path of the user's config file, whether it exists or not.

    Example:
        >>> config_path().name
        'kerasish.json'
    """
    home = os.environ.get("KERASISH_HOME")
    folder = Path(home) if home else Path.home() / ".kerasish"
    return folder / "kerasish.json"


def load_config_file() -> dict[str, Any]:
    """Reads the config file; an absent file is an empty config.

    Returns:
        The settings of the file, for instance `{"floatx": "float64"}`.

    Raises:
        ArgumentError: If the file is not a JSON object.
    """
    path = config_path()
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return {}
    try:
        values = json.loads(text)
    except json.JSONDecodeError as error:
        raise ArgumentError(f"The config file {path} is not JSON: {error}.") from error
    if not isinstance(values, dict):
        raise ArgumentError(
            f"The config file {path} must hold a JSON object. Received: {text[:60]!r}"
        )
    return values


def floatx() -> str:
    """Returns the default float dtype.

    Example:
        >>> floatx()
        'float32'
    """
    return _settings.floatx


def set_floatx(value: str) -> None:
    """Sets the default float dtype of layers, variables and Python floats.

    Args:
        value: `"float16"`, `"bfloat16"`, `"float32"` or `"float64"`.

    Raises:
        ArgumentError: If `value` is none of these.
    """
    _settings.floatx = _one_of("floatx", value, FLOATS)
    revise()


def epsilon() -> float:
    """Returns the small number that keeps divisions and logarithms finite.

    Example:
        >>> epsilon()
        1e-07
    """
    return _settings.epsilon


def set_epsilon(value: float) -> None:
    """Sets the small number that keeps divisions and logarithms finite.

    Args:
        value: A positive number.

    Raises:
        ArgumentError: If `value` is not a positive number.
    """
    if not isinstance(value, int | float) or not value > 0:
        raise ArgumentError(f"`epsilon` must be positive. Received: {value!r}")
    _settings.epsilon = float(value)
    revise()


def image_data_format() -> str:
    """Returns the default layout of images.

    Example:
        >>> image_data_format()
        'channels_last'
    """
    return _settings.image_data_format


def set_image_data_format(data_format: str) -> None:
    """Sets the default layout of images.

    Args:
        data_format: `"channels_last"` or `"channels_first"`.

    Raises:
        ArgumentError: If `data_format` is neither.
    """
    _settings.image_data_format = _one_of("data_format", data_format, LAYOUTS)
    revise()


def matmul_precision() -> str:
    """Returns how exactly products of float32 numbers are computed.

    Example:
        >>> matmul_precision()
        'highest'
    """
    return _settings.matmul_precision


def set_matmul_precision(value: str) -> None:
    """Sets how exactly products of float32 matrices and convolutions are computed.

    It permits a backend to be faster and obliges it to nothing: results stay float32,
    sums are kept in float32, and what a backend has no faster units for is computed
    exactly. Gradients are products too. Relative errors below are of single factors.

    Args:
        value: "highest" for float32 arithmetic, the default; "high" allows factors of
            TF32 (10 bits of mantissa, error 5e-4) or three products of bfloat16
            numbers in place of one; "medium" allows factors of bfloat16 (7 bits,
            error 4e-3), for which there are matrix units in recent processors.

    Raises:
        ArgumentError: If `value` is none of these.

    Example:
        >>> set_matmul_precision("medium"); matmul_precision()
        'medium'
        >>> set_matmul_precision("highest")
    """
    _settings.matmul_precision = _one_of("matmul_precision", value, PRECISIONS)
    revise()


def enable_flash_attention() -> None:
    """Lets attention over long sequences be computed in tiles (the default)."""
    _settings.flash_attention = True
    revise()


def disable_flash_attention() -> None:
    """Has attention hold all scores at once, unless a call asks for tiles."""
    _settings.flash_attention = False
    revise()


def is_flash_attention_enabled() -> bool:
    """Returns whether attention over long sequences may be computed in tiles.

    Example:
        >>> is_flash_attention_enabled()
        True
    """
    return _settings.flash_attention


def is_nnx_enabled() -> bool:
    """Returns whether variables are those of Flax's NNX: they never are.

    Example:
        >>> is_nnx_enabled()
        False
    """
    return False


def enable_interactive_logging() -> None:
    """Lets `verbose="auto"` show a progress bar (the default)."""
    _settings.interactive_logging = True


def disable_interactive_logging() -> None:
    """Lets `verbose="auto"` print one line an epoch."""
    _settings.interactive_logging = False


def is_interactive_logging_enabled() -> bool:
    """Returns whether `verbose="auto"` may show a progress bar.

    Example:
        >>> is_interactive_logging_enabled()
        True
    """
    return _settings.interactive_logging


def enable_traceback_filtering() -> None:
    """Accepted for compatibility: tracebacks of kerasish are short already."""
    _settings.traceback_filtering = True


def disable_traceback_filtering() -> None:
    """Accepted for compatibility: tracebacks of kerasish are never filtered."""
    _settings.traceback_filtering = False


def is_traceback_filtering_enabled() -> bool:
    """Returns what `enable_traceback_filtering` was last told.

    Example:
        >>> is_traceback_filtering_enabled()
        True
    """
    return _settings.traceback_filtering


def max_epochs() -> int | None:
    """Returns the cap on epochs of every `fit`, or None.

    Example:
        >>> max_epochs() is None
        True
    """
    return _settings.max_epochs


def set_max_epochs(max_epochs: int | None) -> None:
    """Caps the epochs of every `fit`, to try a script out quickly.

    Args:
        max_epochs: A positive integer, or None for no cap.

    Raises:
        ArgumentError: If `max_epochs` is not a positive integer or None.
    """
    _settings.max_epochs = _positive_or_none("max_epochs", max_epochs)


def max_steps_per_epoch() -> int | None:
    """Returns the cap on steps of every epoch, or None.

    Example:
        >>> max_steps_per_epoch() is None
        True
    """
    return _settings.max_steps_per_epoch


def set_max_steps_per_epoch(max_steps_per_epoch: int | None) -> None:
    """Caps the steps of `fit`, `evaluate` and `predict`, to try a script out quickly.

    Args:
        max_steps_per_epoch: A positive integer, or None for no cap.

    Raises:
        ArgumentError: If it is not a positive integer or None.
    """
    _settings.max_steps_per_epoch = _positive_or_none(
        "max_steps_per_epoch", max_steps_per_epoch
    )


def _one_of(argument: str, value: str, options: tuple[str, ...]) -> str:
    if value not in options:
        raise ArgumentError(
            f"`{argument}` must be one of {options}. Received: {value!r}"
        )
    return value


def _positive_or_none(argument: str, value: int | None) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ArgumentError(
            f"`{argument}` must be a positive integer or None. Received: {value!r}"
        )
    return value


def _apply_file() -> None:
    setters = {
        "floatx": set_floatx,
        "epsilon": set_epsilon,
        "image_data_format": set_image_data_format,
        "matmul_precision": set_matmul_precision,
    }
    for name, value in load_config_file().items():
        if name in setters:
            setters[name](value)  # type: ignore[operator]


settings.extend((floatx, epsilon, image_data_format, matmul_precision))
settings.append(is_flash_attention_enabled)
_apply_file()
