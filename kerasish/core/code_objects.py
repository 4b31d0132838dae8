"""Lambdas as text, for those who turn safe mode off.

Keras stores a lambda as the marshalled bytecode of its function. Running it is running
code from a file, so reading refuses in safe mode, which is the default everywhere.
"""

import binascii
import builtins
import marshal
from base64 import b64decode, b64encode
from types import CellType, CodeType, FunctionType
from typing import Any

from kerasish.core.errors import SerializationError, UnsafeModelError
from kerasish.core.safe_mode import in_safe_mode

__all__ = ["decode_lambda", "encode_lambda"]


def encode_lambda(function: FunctionType) -> dict[str, Any]:
    """Returns the bytecode, defaults and closure of a lambda as plain data.

    Args:
        function: A Python function.

    Returns:
        The keys `code`, `defaults` and `closure` that Keras writes.

    Raises:
        SerializationError: If the closure holds more than plain values.

    Example:
        >>> sorted(encode_lambda(lambda x: x))
        ['closure', 'code', 'defaults']
    """
    cells = function.__closure__ or ()
    closure = [cell.cell_contents for cell in cells]
    defaults = list(function.__defaults__ or ())
    for value in (*closure, *defaults):
        if not isinstance(value, bool | int | float | str | None):
            raise SerializationError(
                "A lambda that is saved may only use plain values from around it. "
                f"Received: one that uses {value!r:.80}. Give a named function "
                "decorated with `@keras.saving.register_keras_serializable()` instead."
            )
    return {
        "code": b64encode(marshal.dumps(function.__code__)).decode("ascii"),
        "defaults": defaults or None,
        "closure": closure or None,
    }


def decode_lambda(config: dict[str, Any]) -> FunctionType:
    """Makes the function that `encode_lambda` described.

    Args:
        config: The keys `code`, `defaults` and `closure`, or the three as a list
            under `value`, which Keras writes outside of `Lambda` layers.

    Returns:
        The function, with no globals but Python's builtins.

    Raises:
        UnsafeModelError: In safe mode.
        SerializationError: If the bytecode is not that of this Python version.
    """
    if in_safe_mode():
        raise UnsafeModelError(
            "The config holds a Python lambda, whose code would run on this machine. "
            "If you trust its source, load it with `safe_mode=False` or call "
            "`keras.config.enable_unsafe_deserialization()`."
        )
    names = ("code", "defaults", "closure")
    try:
        if "value" in config:
            config = dict(zip(names, config["value"], strict=True))
        code = marshal.loads(b64decode(config["code"], validate=False))
    except (KeyError, TypeError, ValueError, EOFError, binascii.Error) as error:
        raise _unreadable() from error
    if not isinstance(code, CodeType):
        raise _unreadable()
    cells = tuple(CellType(value) for value in config.get("closure") or ())
    defaults = tuple(config.get("defaults") or ())
    return FunctionType(code, {"__builtins__": builtins}, code.co_name, defaults, cells)


def _unreadable() -> SerializationError:
    return SerializationError(
        "The lambda in the config cannot be read: bytecode only fits the Python "
        "version that wrote it. Save the model with a named function instead."
    )
