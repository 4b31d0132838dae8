"""Magnitudes and steps: roots of sums of squares, cube roots, signs, scales."""

import math
from typing import Any

from kerasish.autodiff import defvjp, nondifferentiable, op, primitive, promote_float
from kerasish.autodiff.casting import standardize_operands
from kerasish.backends import current
from kerasish.core.dtypes import is_float_dtype, result_type
from kerasish.core.errors import DtypeError
from kerasish.ops import specs
from kerasish.ops.arithmetic import divide, multiply
from kerasish.ops.broadcasting import unbroadcast
from kerasish.ops.comparison import equal, greater, isnan
from kerasish.ops.division import divide_no_nan
from kerasish.ops.exponentials import exp2
from kerasish.ops.extremes import logaddexp
from kerasish.ops.rounding import sign
from kerasish.ops.selection import where

__all__ = [
    "cbrt",
    "deg2rad",
    "fabs",
    "heaviside",
    "hypot",
    "ldexp",
    "logaddexp2",
    "nextafter",
    "rad2deg",
    "signbit",
]


LOG2 = math.log(2.0)


@primitive(spec=specs.same, cast=promote_float)
def fabs(x: Any) -> Any:
    """Computes `|x|` as a float.

    Args:
        x: Tensor.

    Returns:
        Tensor of the shape of `x` and a float dtype.

    Example:
        >>> fabs(-2).item()
        2.0
    """
    return current().absolute(x)


defvjp(fabs, lambda g, y, x: multiply(g, sign(x)))


@primitive(spec=specs.same, cast=promote_float)
def cbrt(x: Any) -> Any:
    """Computes the cube root, real also of negative numbers.

    Args:
        x: Tensor.

    Returns:
        Tensor of the shape of `x` and a float dtype.

    Example:
        >>> cbrt(-8.0).item()
        -2.0
    """
    return current().cbrt(x)


defvjp(cbrt, lambda g, y, x: divide(g, multiply(multiply(y, y), 3)))


@primitive(spec=specs.broadcast, cast=promote_float)
def hypot(x1: Any, x2: Any) -> Any:
    """Computes `sqrt(x1^2 + x2^2)` without overflow; its gradient at 0 is 0.

    Args:
        x1: Tensor.
        x2: Tensor that broadcasts with `x1`.

    Returns:
        Tensor of the broadcast shape and a float dtype.

    Example:
        >>> hypot(3.0, 4.0).item()
        5.0
    """
    return current().hypot(x1, x2)


defvjp(
    hypot,
    lambda g, y, x1, x2: unbroadcast(multiply(g, divide_no_nan(x1, y)), x1),
    lambda g, y, x1, x2: unbroadcast(multiply(g, divide_no_nan(x2, y)), x2),
)


@op
def heaviside(x1: Any, x2: Any) -> Any:
    """Computes the step function: 0 below zero, 1 above, and `x2` at zero.

    Args:
        x1: Tensor.
        x2: Tensor that broadcasts with `x1`: the value at zero.

    Returns:
        Tensor of the broadcast shape and a float dtype.

    Example:
        >>> heaviside([-1.0, 0.0, 2.0], 0.5).tolist()
        [0.0, 0.5, 1.0]
    """
    step = where(isnan(x1), x1, greater(x1, 0))
    return divide(where(equal(x1, 0), x2, step), 1)


def _float_and_integer(x1: Any, x2: Any) -> tuple[str, ...]:
    exponent = result_type(x2)
    if is_float_dtype(exponent):
        raise DtypeError(
            f"`x2` of `ldexp` must hold integers. Received: dtype={exponent}"
        )
    (mantissa,) = promote_float(x1)
    return (mantissa, mantissa)


@primitive(spec=specs.broadcast, cast=_float_and_integer)
def ldexp(x1: Any, x2: Any) -> Any:
    """Computes `x1 * 2^x2`.

    Args:
        x1: Tensor.
        x2: Integer tensor that broadcasts with `x1`.

    Returns:
        Tensor of the broadcast shape and a float dtype.

    Raises:
        DtypeError: If `x2` holds no integers.

    Example:
        >>> ldexp(0.75, 3).item()
        6.0
    """
    return current().multiply(x1, current().exp2(x2))


defvjp(ldexp, lambda g, y, x1, x2: unbroadcast(multiply(g, exp2(x2)), x1), None)


@primitive(spec=specs.broadcast, cast=promote_float)
def nextafter(x1: Any, x2: Any) -> Any:
    """Returns the next number after `x1` that the dtype holds, towards `x2`.

    Args:
        x1: Tensor.
        x2: Tensor that broadcasts with `x1`.

    Returns:
        Tensor of the broadcast shape and a float dtype.

    Example:
        >>> nextafter(1.0, 2.0).item() > 1.0
        True
    """
    return current().nextafter(x1, x2)


nondifferentiable(nextafter, "differs from its operand by rounding only")


@primitive(spec=specs.boolean)
def signbit(x: Any) -> Any:
    """Returns where numbers are negative, -0.0 among them.

    Args:
        x: Tensor.

    Returns:
        Boolean tensor like `x`.

    Example:
        >>> signbit([-0.0, 1.0]).tolist()
        [True, False]
    """
    return current().signbit(x)


nondifferentiable(signbit, "is true or false")


@op
def deg2rad(x: Any) -> Any:
    """Converts degrees to radians.

    Args:
        x: Tensor.

    Returns:
        Tensor of the shape of `x` and a float dtype.

    Example:
        >>> deg2rad(180.0).item() > 3.14159
        True
    """
    return multiply(x, math.pi / 180.0)


@op
def rad2deg(x: Any) -> Any:
    """Converts radians to degrees.

    Args:
        x: Tensor.

    Returns:
        Tensor of the shape of `x` and a float dtype.

    Example:
        >>> rad2deg(0.0).item()
        0.0
    """
    return multiply(x, 180.0 / math.pi)


@op
def logaddexp2(x1: Any, x2: Any) -> Any:
    """Computes `log2(2^x1 + 2^x2)` without overflow.

    Args:
        x1: Tensor.
        x2: Tensor that broadcasts with `x1`.

    Returns:
        Tensor of the broadcast shape and a float dtype.

    Example:
        >>> logaddexp2(3.0, 3.0).item()
        4.0
    """
    x1, x2 = standardize_operands((x1, x2), promote_float)
    scaled = logaddexp(multiply(x1, LOG2), multiply(x2, LOG2))
    return divide(scaled, LOG2)
