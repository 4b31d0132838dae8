"""Losses of a part of a batch, such that their mean by rows is that of the whole.

A mean over rows is so already. One over what a mask has left, or over weights, has to
know how much the others have; a sum counts as often as the whole has rows.
"""

from typing import Any

from kerasish import ops
from kerasish.autodiff.collective import all_reduce
from kerasish.backends.communication import current, share

__all__ = ["divisor", "factor"]


def factor() -> float:
    """Returns what a sum over rows is multiplied by; 1 for a single process.

    Example:
        >>> factor()
        1.0
    """
    part = share() if current() is not None else None
    return 1.0 if part is None or not part.rows else part.total / part.rows


def divisor(count: Any) -> Any:
    """Returns what a sum is divided by in place of what this process has counted.

    Args:
        count: Scalar tensor: the sum of the weights, or the number that a mask left.
    """
    part = share() if current() is not None else None
    if part is None:
        return count
    if not part.rows:
        return ops.add(all_reduce(ops.multiply(count, 0.0)), 1.0)
    return ops.divide(all_reduce(count), factor())
