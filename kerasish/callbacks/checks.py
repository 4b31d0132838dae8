"""Checks of the arguments that callbacks have in common."""

import math
import numbers
from typing import Any

from kerasish.core.errors import ArgumentError

__all__ = ["check_choice", "check_count", "check_number"]


def check_count(owner: str, name: str, value: Any, minimum: int = 0) -> int:
    """Returns an argument that must be an integer of at least `minimum`.

    Args:
        owner: Name of the class, for the message.
        name: Name of the argument, for the message.
        value: What the user passed.
        minimum: The least value allowed, 0 or 1.

    Raises:
        ArgumentError: If it is no integer or too small.

    Example:
        >>> check_count("EarlyStopping", "patience", 3)
        3
    """
    whole = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    if not whole or value < minimum:
        kind = "a positive integer" if minimum else "an integer >= 0"
        raise ArgumentError(
            f"`{name}` of `{owner}` must be {kind}. Received: {name}={value!r}"
        )
    return int(value)


def check_number(
    owner: str,
    name: str,
    value: Any,
    low: float = -math.inf,
    high: float = math.inf,
) -> float:
    """Returns an argument that must be a number in the closed range `low` to `high`.

    Args:
        owner: Name of the class, for the message.
        name: Name of the argument, for the message.
        value: What the user passed.
        low: The least value allowed.
        high: The greatest value allowed.

    Raises:
        ArgumentError: If it is no number, NaN, or out of range.

    Example:
        >>> check_number("EarlyStopping", "min_delta", 0.5)
        0.5
    """
    real = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if real and low <= value <= high:
        return float(value)
    span = f" >= {low:g}" if low > -math.inf else ""
    span += f" and <= {high:g}" if high < math.inf else ""
    raise ArgumentError(
        f"`{name}` of `{owner}` must be a number{span}. Received: {name}={value!r}"
    )


def check_choice(owner: str, name: str, value: Any, options: tuple[Any, ...]) -> Any:
    """Returns an argument that must be one of a few values.

    Args:
        owner: Name of the class, for the message.
        name: Name of the argument, for the message.
        value: What the user passed.
        options: The values allowed.

    Raises:
        ArgumentError: If it is none of them.

    Example:
        >>> check_choice("EarlyStopping", "mode", "min", ("auto", "min", "max"))
        'min'
    """
    if value not in options:
        allowed = ", ".join(map(repr, options))
        raise ArgumentError(
            f"`{name}` of `{owner}` must be one of {allowed}. "
            f"Received: {name}={value!r}"
        )
    return value
