"""The exceptions and warnings of kerasish, each also the builtin users catch.

KerasishError
├── ArgumentError (ValueError)          a value out of range, an unknown name
├── ArgumentTypeError (TypeError)       an argument of the wrong type
│   └── KeywordError (ValueError too)   a keyword that a constructor does not have
├── ShapeError (ValueError)             shapes that do not fit
├── DtypeError (TypeError)              a dtype that cannot be used here
├── GradientError (ValueError)          a gradient that does not exist
├── StateError (RuntimeError)           not built, not compiled, wrong order
├── BackendError (RuntimeError)         a backend or device that is not there
│   └── DeviceMemoryError (MemoryError) a device whose memory is full
└── SerializationError (ValueError)     a config or file that cannot be read
    └── ModelFileError
        └── UnsafeModelError            a file that wants to run code
KerasishWarning (UserWarning)
└── DataWarning                         data that is probably not what was meant
"""

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = [
    "ArgumentError",
    "ArgumentTypeError",
    "BackendError",
    "DataWarning",
    "DeviceMemoryError",
    "DtypeError",
    "GradientError",
    "KerasishError",
    "KerasishWarning",
    "KeywordError",
    "ModelFileError",
    "SerializationError",
    "ShapeError",
    "StateError",
    "UnsafeModelError",
    "suggest",
    "unknown",
]


class KerasishError(Exception):
    """Base of every error that kerasish raises itself."""


class ArgumentError(KerasishError, ValueError):
    """An argument whose value is out of range or unknown."""


class ArgumentTypeError(KerasishError, TypeError):
    """An argument of the wrong type."""


class KeywordError(ArgumentError, ArgumentTypeError):
    """A keyword that a constructor does not have: Python's error, and Keras'."""


class ShapeError(KerasishError, ValueError):
    """Shapes that do not fit together or do not fit a layer."""


class DtypeError(KerasishError, TypeError):
    """A dtype that is unknown or cannot be used here."""


class GradientError(KerasishError, ValueError):
    """A gradient that does not exist or cannot be asked for."""


class StateError(KerasishError, RuntimeError):
    """An object used before it is ready: not built, not compiled, not entered."""


class BackendError(KerasishError, RuntimeError):
    """A backend or device that is unknown or not available."""


class DeviceMemoryError(BackendError, MemoryError):
    """A device whose memory does not suffice."""


class SerializationError(KerasishError, ValueError):
    """A config, weight file or object that cannot be written or read."""


class ModelFileError(SerializationError):
    """A model file that is damaged, incomplete or does not fit the model."""


class UnsafeModelError(ModelFileError):
    """A model file that would run code or reach outside itself."""


class KerasishWarning(UserWarning):
    """Base of every warning that kerasish gives itself."""


class DataWarning(KerasishWarning):
    """Data that can be used but is probably not what was meant."""


def suggest(name: object, options: Iterable[str]) -> str:
    """Returns `` Did you mean 'adam'?`` for the nearest option, or an empty string.

    Args:
        name: The name that was not found.
        options: The names that exist.

    Returns:
        A sentence with a leading space, or `""` where nothing is near.

    Example:
        >>> suggest("adm", ["sgd", "adam"])
        " Did you mean 'adam'?"
    """
    by_lower = {option.lower(): option for option in options}
    found = get_close_matches(str(name).lower(), by_lower, n=1, cutoff=0.6)
    return f" Did you mean {by_lower[found[0]]!r}?" if found else ""


def unknown(kind: str, name: object, options: Iterable[str]) -> ArgumentError:
    """Builds the error for a name that is not among the options.

    Args:
        kind: What was looked for, as in `"optimizer"`.
        name: The name that was not found.
        options: The names that exist.

    Returns:
        The error, to be raised by the caller.

    Example:
        >>> str(unknown("optimizer", "adm", ["sgd", "adam"]))
        "Unknown optimizer: 'adm'. Did you mean 'adam'? Known: adam, sgd."
    """
    options = sorted(set(options))
    shown = ", ".join(options[:40]) + (", ..." if len(options) > 40 else "")
    hint = suggest(name, options)
    return ArgumentError(f"Unknown {kind}: {name!r}.{hint} Known: {shown}.")
