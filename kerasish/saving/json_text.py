"""JSON that is strict: bounded in size and depth, no duplicate keys, no NaN."""

import json
import math
from typing import Any

from kerasish.core.errors import ModelFileError, SerializationError

__all__ = ["read_json", "write_json"]

MAX_BYTES = 64 * 1024 * 1024


def write_json(data: Any, indent: int | None = None) -> str:
    """Returns plain data as JSON text.

    Args:
        data: What `serialize_keras_object` returned.
        indent: Spaces for each level, or None for one line.

    Raises:
        SerializationError: If it holds NaN, infinity or what is no plain data.

    Example:
        >>> write_json({"units": (1, None)})
        '{"units": [1, null]}'
    """
    try:
        return json.dumps(data, indent=indent, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise SerializationError(
            f"The config cannot be written as JSON: {error}. Configs hold strings, "
            "finite numbers, True, False, None, lists and dicts."
        ) from error


def read_json(text: str | bytes, what: str) -> Any:
    """Returns the data of JSON text that may come from anybody.

    Args:
        text: The text, UTF-8 if it is bytes.
        what: What it is, for the error: `"config.json of 'model.keras'"`.

    Raises:
        ModelFileError: If it is malformed, too large or nested too deeply.

    Example:
        >>> read_json('{"units": [1, null]}', "a config")
        {'units': [1, None]}
    """
    if len(text) > MAX_BYTES:
        raise ModelFileError(
            f"{what} is {len(text):,} bytes long, more than the {MAX_BYTES:,} allowed."
        )
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8")
        return json.loads(
            text,
            parse_constant=_finite,
            parse_float=_finite,
            object_pairs_hook=_unique,
        )
    except RecursionError as error:
        raise ModelFileError(f"{what} is nested too deeply.") from error
    except ValueError as error:
        raise ModelFileError(f"{what} is not valid JSON: {error}.") from error


def _finite(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise ValueError(f"{number} is not a finite number")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice!r:.80} occurs twice")
    return data
