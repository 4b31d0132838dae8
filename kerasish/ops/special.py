"""The error function, its complement and its inverse."""

import math
from typing import Any

from kerasish.autodiff import defvjp, primitive, promote_float
from kerasish.backends import current
from kerasish.ops import specs
from kerasish.ops.arithmetic import multiply, negative
from kerasish.ops.exponentials import exp

__all__ = ["erf", "erfc", "erfinv"]

SLOPE = 2.0 / math.sqrt(math.pi)  # d erf(x) / dx at 0


@primitive(spec=specs.same, cast=promote_float)
def erf(x: Any) -> Any:
    """Computes the error function, `2 / sqrt(pi) * integral of exp(-t^2) from 0 to x`.

    Args:
        x: Tensor.

    Returns:
        Tensor of the shape of `x` and a float dtype.

    Example:
        >>> erf(0.0).item()
        0.0
    """
    return current().erf(x)


@primitive(spec=specs.same, cast=promote_float)
def erfc(x: Any) -> Any:
    """Computes `1 - erf(x)`, exactly also where that is small.

    Args:
        x: Tensor.

    Returns:
        Tensor of the shape of `x` and a float dtype.

    Example:
        >>> erfc(0.0).item()
        1.0
    """
    return current().erfc(x)


@primitive(spec=specs.same, cast=promote_float)
def erfinv(x: Any) -> Any:
    """Computes the number whose error function is `x`.

    Args:
        x: Tensor of numbers from -1 to 1; `nan` outside.

    Returns:
        Tensor of the shape of `x` and a float dtype.

    Example:
        >>> erfinv(0.0).item()
        0.0
    """
    return current().erfinv(x)


def _bell(x: Any) -> Any:
    return multiply(SLOPE, exp(negative(multiply(x, x))))


defvjp(erf, lambda g, y, x: multiply(g, _bell(x)))
defvjp(erfc, lambda g, y, x: negative(multiply(g, _bell(x))))
defvjp(erfinv, lambda g, y, x: multiply(g, multiply(1.0 / SLOPE, exp(multiply(y, y)))))
