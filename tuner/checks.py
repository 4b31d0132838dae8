"""Checks of the numbers that tuners and oracles take."""

import operator
from typing import Any

from kerasish.core.errors import ArgumentError, ArgumentTypeError

__all__ = ["check_int"]


def check_int(name: str, value: Any, least: int | None = None) -> int:
    """Returns an integer that is not too small.

    Args:
        name: str, the argument.
        value: Its value.
        least: int, the least that it may be.

    Raises:
        ArgumentError: If it is smaller.
        ArgumentTypeError: If it is no integer.

    Example:
        >>> check_int("max_trials", 3, least=1)
        3
    """
    # A bool is an integer to Python, and a slip here.
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise ArgumentTypeError(
            f"`{name}` must be an integer. Received: {name}={value!r}"
        )
    number = operator.index(value)
    if least is not None and number < least:
        raise ArgumentError(
            f"`{name}` must be at least {least}. Received: {name}={number}"
        )
    return number
