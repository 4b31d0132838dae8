"""What is installed, what is in use, and how things are set: `show_config`."""

import platform
import sys
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from typing import Any

from kerasish import backends
from kerasish.core import config
from kerasish.core.dtype_policies import dtype_policy
from kerasish.core.errors import ArgumentTypeError
from kerasish.core.version import __version__

__all__ = ["show_config"]

# Optional packages: the distributions that bring them, and how to get one.
OPTIONAL = {
    "ml_dtypes": (("ml_dtypes",), 'pip install "kerasish[bfloat16]"'),
    "CuPy": (
        ("cupy-cuda13x", "cupy-cuda12x", "cupy"),
        'pip install "kerasish[cuda13]" or "kerasish[cuda12]"',
    ),
}


def show_config(file: Any = None) -> None:
    """Prints the versions, the backend with its libraries, and the settings.

    What is missing is named with the extra that would bring it. Put the output into
    reports of faults and of measurements.

    Args:
        file: Where to print to, an object with `write`; None for the standard output.

    Raises:
        ArgumentTypeError: If `file` cannot be written to.

    Example:
        >>> show_config()
        kerasish ...
        ...
        Settings
          floatx             float32
          dtype policy       float32
          matmul precision   highest
          ...
    """
    if file is not None and not hasattr(file, "write"):
        raise ArgumentTypeError(
            "`file` of `show_config` must be an open file or None. "
            f"Received: file={file!r}"
        )
    backend = backends.current()
    lines = [f"kerasish {__version__}"]
    lines += _rows(_versions())
    lines += [f"Backend: {backend.name}"]
    lines += _rows(backend.description())
    lines += ["Optional packages"]
    lines += _rows({name: _optional(*found) for name, found in OPTIONAL.items()})
    lines += ["Settings"]
    lines += _rows(_settings())
    print("\n".join(lines), file=file)


def _rows(values: dict[str, str]) -> list[str]:
    return [f"  {name:<19}{value}" for name, value in values.items()]


def _versions() -> dict[str, str]:
    system = f"{platform.system()} {platform.machine()}".strip()
    return {
        "Python": f"{platform.python_version()}, {system}, {sys.executable}",
        "NumPy": _version("numpy") or "unknown",
        "h5py": _version("h5py") or "unknown",
        "scikit-learn": _version("scikit-learn") or "unknown",
    }


def _version(distribution: str) -> str | None:
    """Returns the version of an installed distribution, without importing it."""
    try:
        return version_of(distribution)
    except PackageNotFoundError:
        return None


def _optional(distributions: tuple[str, ...], how: str) -> str:
    found = [v for v in map(_version, distributions) if v]
    return found[0] if found else f"not found: {how}"


def _settings() -> dict[str, str]:
    path = config.config_path()
    return {
        "floatx": config.floatx(),
        "dtype policy": dtype_policy().name,
        "matmul precision": config.matmul_precision(),
        "image data format": config.image_data_format(),
        "epsilon": repr(config.epsilon()),
        "config file": f"{path}{'' if path.exists() else ' (there is none)'}",
    }
