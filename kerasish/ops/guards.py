"""Guards: operations that let tensors pass unless their values are wrong.

As primitives they are part of a recorded step, so that every replay looks again.
"""

from typing import Any

from kerasish.autodiff import keep, nondifferentiable, primitive
from kerasish.backends import current
from kerasish.core.errors import ArgumentError

__all__ = ["in_range", "whole"]


@primitive(spec=lambda x, low, high, what: x, cast=keep, static=("low", "high", "what"))
def in_range(x: Any, low: int, high: int, what: str) -> Any:
    """Returns integers that lie in a range.

    Args:
        x: Integer tensor.
        low: The smallest that is right.
        high: The largest that is right.
        what: What they are, for the message.

    Returns:
        `x`.

    Raises:
        ArgumentError: If one lies outside.

    Example:
        >>> in_range([1, 2], low=0, high=2, what="Classes").tolist()
        [1, 2]
    """
    xp = current().xp
    if 0 not in x.shape:
        least, most = int(xp.min(x)), int(xp.max(x))
        if least < low or most > high:
            raise ArgumentError(
                f"{what} must be from {low} to {high}. "
                f"Received: {least if least < low else most}"
            )
    return x


@primitive(spec=lambda x, what: x, cast=keep, static=("what",))
def whole(x: Any, what: str) -> Any:
    """Returns numbers that have no fractions.

    Args:
        x: Tensor.
        what: What they are, for the message.

    Returns:
        `x`.

    Raises:
        ArgumentError: If one has a fraction.

    Example:
        >>> whole([1.0, 2.0], what="Classes").tolist()
        [1.0, 2.0]
    """
    xp = current().xp
    if not bool(xp.all((xp.floor(x) == x) & xp.isfinite(x))):
        raise ArgumentError(
            f"{what} must be integers. Received: dtype={x.dtype} with fractions"
        )
    return x


nondifferentiable(in_range, "its result is an integer")
nondifferentiable(whole, "nothing may move a whole number a little")
