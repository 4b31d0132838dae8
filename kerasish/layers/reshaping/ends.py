"""Amounts at both ends of spatial axes, in every form that they are given in."""

from typing import Any

from kerasish.core.errors import ArgumentError

__all__ = ["pairs"]


def pairs(kind: str, name: str, value: Any, rank: int) -> tuple[tuple[int, int], ...]:
    """Returns `(before, after)` for each spatial axis.

    Args:
        kind: The layer's class, for the message.
        name: The argument.
        value: One number for all ends; a number or a pair for each axis; for a single
            axis a number or a pair.
        rank: The number of axes.

    Raises:
        ArgumentError: If it is none of these, or a number is negative.

    Example:
        >>> pairs("Cropping2D", "cropping", (1, (2, 3)), 2)
        ((1, 1), (2, 3))
    """
    if _is_count(value):
        given = [value] * rank
    elif rank == 1:
        given = [value]
    else:
        given = list(value) if isinstance(value, list | tuple) else []
    ends = [_ends(item) for item in given]
    if len(ends) != rank or None in ends:
        each = (
            "or 2 of them"
            if rank == 1
            else f"{rank} of them, or {rank} tuples of 2 of them"
        )
        raise ArgumentError(
            f"`{name}` of `{kind}` must be an integer that is not negative, {each}. "
            f"Received: {name}={value!r}"
        )
    return tuple(pair for pair in ends if pair is not None)


def _is_count(value: Any) -> bool:
    whole = hasattr(value, "__index__") and not isinstance(value, bool)
    return whole and value >= 0


def _ends(value: Any) -> tuple[int, int] | None:
    if _is_count(value):
        return int(value), int(value)
    if isinstance(value, list | tuple) and len(value) == 2:
        before, after = value
        if _is_count(before) and _is_count(after):
            return int(before), int(after)
    return None
