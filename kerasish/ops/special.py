"""Special functions: the error function and its kin, sinc, a Bessel function."""

import math
from typing import Any

from kerasish.autodiff import defvjp, primitive, promote_float
from kerasish.backends import current
from kerasish.ops import specs
from kerasish.ops.arithmetic import add, divide, multiply, negative, subtract
from kerasish.ops.comparison import equal, less
from kerasish.ops.exponentials import exp
from kerasish.ops.rounding import absolute
from kerasish.ops.selection import where
from kerasish.ops.trigonometry import cos

__all__ = ["erf", "erfc", "erfinv", "i0", "sinc"]

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


@primitive(spec=specs.same, cast=promote_float)
def i0(x: Any) -> Any:
    """Computes the modified Bessel function of the first kind of order 0.

    Args:
        x: Tensor.

    Returns:
        Tensor of the shape of `x` and a float dtype.

    Example:
        >>> i0(0.0).item()
        1.0
    """
    return current().bessel_i0(x)


@primitive(spec=specs.same, cast=promote_float)
def _i1(x: Any) -> Any:
    return current().bessel_i1(x)


def _i1_slope(g: Any, y: Any, x: Any) -> Any:
    # I1' = I0 - I1 / x, whose limit at 0 is 1/2.
    zero = equal(x, 0)
    slope = subtract(i0(x), divide(y, where(zero, 1.0, x)))
    return multiply(g, where(zero, 0.5, slope))


defvjp(i0, lambda g, y, x: multiply(g, _i1(x)))
defvjp(_i1, _i1_slope)


@primitive(spec=specs.same, cast=promote_float)
def sinc(x: Any) -> Any:
    """Computes `sin(pi x) / (pi x)`, 1 at zero.

    Args:
        x: Tensor.

    Returns:
        Tensor of the shape of `x` and a float dtype.

    Example:
        >>> sinc(0.0).item()
        1.0
    """
    return current().sinc(x)


# Taylor coefficients of sinc'(x) / x in x^2: 2k (-1)^k pi^2k / (2k + 1)!.
SINC_SERIES = tuple(
    (-1) ** k * 2 * k * math.pi ** (2 * k) / math.factorial(2 * k + 1)
    for k in range(1, 11)
)


def _sinc_slope(g: Any, y: Any, x: Any) -> Any:
    # (cos(pi x) - sinc(x)) / x cancels near 0, where a series takes over.
    near = less(absolute(x), 0.5)
    square = multiply(x, x)
    series: Any = SINC_SERIES[-1]
    for c in SINC_SERIES[-2::-1]:
        series = add(multiply(series, square), c)
    safe = where(near, 1.0, x)
    far = divide(subtract(cos(multiply(safe, math.pi)), sinc(safe)), safe)
    return multiply(g, where(near, multiply(series, x), far))


defvjp(sinc, _sinc_slope)
