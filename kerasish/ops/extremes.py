"""The larger and smaller of two, clipping, powers, remainders: element by element."""

from typing import Any

from kerasish.autodiff import defvjp, nondifferentiable, op, primitive, promote_float
from kerasish.autodiff.casting import as_tensor
from kerasish.backends import current
from kerasish.core.dtypes import is_float_dtype, result_type
from kerasish.ops import specs
from kerasish.ops.arithmetic import add, divide, multiply, negative, subtract
from kerasish.ops.broadcasting import unbroadcast
from kerasish.ops.comparison import (
    equal,
    greater,
    isfinite,
    less,
    logical_and,
    logical_not,
)
from kerasish.ops.conversion import converted
from kerasish.ops.exponentials import exp, log
from kerasish.ops.rounding import absolute
from kerasish.ops.selection import where

__all__ = [
    "abs",
    "arctan2",
    "clip",
    "floor_divide",
    "logaddexp",
    "maximum",
    "minimum",
    "mod",
    "power",
    "reciprocal",
    "round",
    "rsqrt",
    "square",
]


def _numbers(*dtypes: Any) -> tuple[str, ...]:
    name = result_type(*dtypes)
    return ("int32" if name == "bool" else name,) * len(dtypes)


@primitive(spec=specs.same, cast=_numbers)
def square(x: Any) -> Any:
    """Computes `x * x`.

    Args:
        x: Tensor.

    Returns:
        Tensor like `x`; int32 for booleans.

    Example:
        >>> square(3.0).item()
        9.0
    """
    return current().square(x)


defvjp(square, lambda g, y, x: multiply(g, multiply(x, 2)))


@primitive(spec=specs.broadcast)
def maximum(x1: Any, x2: Any) -> Any:
    """Returns the larger of two, element by element; `nan` where one is.

    Args:
        x1: Tensor.
        x2: Tensor that broadcasts with `x1`.

    Returns:
        Tensor of the broadcast shape. Where both are equal, each gets half of the
        gradient.

    Example:
        >>> maximum([1, 5], 3).tolist()
        [3, 5]
    """
    return current().maximum(x1, x2)


@primitive(spec=specs.broadcast)
def minimum(x1: Any, x2: Any) -> Any:
    """Returns the smaller of two, element by element; `nan` where one is.

    Args:
        x1: Tensor.
        x2: Tensor that broadcasts with `x1`.

    Returns:
        Tensor of the broadcast shape. Where both are equal, each gets half of the
        gradient.

    Example:
        >>> minimum([1, 5], 3).tolist()
        [1, 3]
    """
    return current().minimum(x1, x2)


def _share(g: Any, wins: Any, x1: Any, x2: Any) -> Any:
    tied = where(equal(x1, x2), multiply(g, 0.5), as_tensor(0, g.dtype))
    return where(wins, g, tied)


defvjp(
    maximum,
    lambda g, y, x1, x2: unbroadcast(_share(g, greater(x1, x2), x1, x2), x1),
    lambda g, y, x1, x2: unbroadcast(_share(g, greater(x2, x1), x1, x2), x2),
)
defvjp(
    minimum,
    lambda g, y, x1, x2: unbroadcast(_share(g, less(x1, x2), x1, x2), x1),
    lambda g, y, x1, x2: unbroadcast(_share(g, less(x2, x1), x1, x2), x2),
)


@primitive(spec=specs.broadcast, cast=_numbers)
def _clip(x: Any, low: Any, high: Any) -> Any:
    return current().clip(x, low, high)


def _within(g: Any, y: Any, x: Any) -> Any:
    return where(equal(y, x), g, as_tensor(0, g.dtype))


def _bound(g: Any, chosen: Any) -> Any:
    return where(chosen, g, as_tensor(0, g.dtype))


defvjp(
    _clip,
    lambda g, y, x, a, b: unbroadcast(_within(g, y, x), x),
    lambda g, y, x, a, b: unbroadcast(
        _bound(g, logical_and(less(x, a), less(a, b))), a
    ),
    lambda g, y, x, a, b: unbroadcast(_bound(g, greater(maximum(x, a), b)), b),
)


@op
def clip(x: Any, x_min: Any, x_max: Any) -> Any:
    """Limits elements to an interval; at its bounds they pass the gradient on.

    Args:
        x: Tensor.
        x_min: Lower bound, or None.
        x_max: Upper bound, or None.

    Returns:
        Tensor of the common dtype, int32 for booleans.

    Example:
        >>> clip([-1.0, 0.5, 2.0], 0, 1).tolist()
        [0.0, 0.5, 1.0]
    """
    if x_min is not None and x_max is not None:
        return _clip(x, x_min, x_max)
    if x_min is not None:
        return maximum(x, x_min)
    return converted(x) if x_max is None else minimum(x, x_max)


@primitive(spec=specs.broadcast, cast=_numbers)
def power(x1: Any, x2: Any) -> Any:
    """Raises to a power, element by element: `x1 ** x2`.

    Args:
        x1: Tensor.
        x2: Tensor that broadcasts with `x1`.

    Returns:
        Tensor of the broadcast shape and the common dtype.

    Example:
        >>> power([2.0, 3.0], 2).tolist()
        [4.0, 9.0]
    """
    return current().power(x1, x2)


def _power_base(g: Any, y: Any, x1: Any, x2: Any) -> Any:
    slope = multiply(x2, power(x1, subtract(x2, 1)))
    slope = where(equal(x2, 0), as_tensor(0, slope.dtype), slope)
    return unbroadcast(multiply(g, slope), x1)


def _power_exponent(g: Any, y: Any, x1: Any, x2: Any) -> Any:
    # d/db a^b = a^b log a, which is 0 at a = 0; no derivative exists for a < 0.
    base = where(greater(x1, 0), x1, as_tensor(1, x1.dtype))
    slope = where(equal(x1, 0), as_tensor(0, y.dtype), multiply(y, log(base)))
    slope = where(less(x1, 0), as_tensor(float("nan"), y.dtype), slope)
    return unbroadcast(multiply(g, slope), x2)


defvjp(power, _power_base, _power_exponent)


@primitive(spec=specs.broadcast, cast=_numbers)
def floor_divide(x1: Any, x2: Any) -> Any:
    """Divides and rounds down: `x1 // x2`.

    Args:
        x1: Tensor.
        x2: Tensor that broadcasts with `x1`.

    Returns:
        Tensor of the broadcast shape and the common dtype.

    Example:
        >>> floor_divide([7, -7], 2).tolist()
        [3, -4]
    """
    return current().floor_divide(x1, x2)


nondifferentiable(floor_divide, "is constant between jumps")


@primitive(spec=specs.broadcast, cast=_numbers)
def mod(x1: Any, x2: Any) -> Any:
    """Returns the remainder of a division, of the sign of `x2`.

    Args:
        x1: Tensor.
        x2: Tensor that broadcasts with `x1`.

    Returns:
        Tensor of the broadcast shape and the common dtype.

    Example:
        >>> mod([7, -7], 3).tolist()
        [1, 2]
    """
    return current().mod(x1, x2)


defvjp(
    mod,
    lambda g, y, x1, x2: unbroadcast(g, x1),
    lambda g, y, x1, x2: unbroadcast(negative(multiply(g, floor_divide(x1, x2))), x2),
)


@primitive(spec=specs.broadcast, cast=promote_float)
def arctan2(x1: Any, x2: Any) -> Any:
    """Returns the angle of the point `(x2, x1)`, from -pi to pi.

    Args:
        x1: Tensor, the ordinate.
        x2: Tensor that broadcasts with `x1`, the abscissa.

    Returns:
        Tensor of the broadcast shape and a float dtype.

    Example:
        >>> arctan2(0.0, 1.0).item()
        0.0
    """
    return current().arctan2(x1, x2)


def _radius(x1: Any, x2: Any) -> Any:
    return add(square(x1), square(x2))


defvjp(
    arctan2,
    lambda g, y, a, b: unbroadcast(multiply(g, divide(b, _radius(a, b))), a),
    lambda g, y, a, b: unbroadcast(multiply(g, divide(negative(a), _radius(a, b))), b),
)


@primitive(spec=specs.broadcast, cast=promote_float)
def logaddexp(x1: Any, x2: Any) -> Any:
    """Computes `log(exp(x1) + exp(x2))` without overflow.

    Args:
        x1: Tensor.
        x2: Tensor that broadcasts with `x1`.

    Returns:
        Tensor of the broadcast shape and a float dtype.

    Example:
        >>> logaddexp(1000.0, 1000.0).item() - 1000 > 0.69
        True
    """
    return current().logaddexp(x1, x2)


def _part(x1: Any, x2: Any) -> Any:
    # exp(x1) / (exp(x1) + exp(x2)), of full precision also where both are large;
    # 0 where both are -inf.
    alike = logical_and(equal(x1, x2), logical_not(isfinite(x1)))
    away = where(alike, as_tensor(0, x1.dtype), subtract(x2, x1))
    part = exp(negative(logaddexp(as_tensor(0, x1.dtype), away)))
    return where(logical_and(alike, less(x1, 0)), as_tensor(0, x1.dtype), part)


defvjp(
    logaddexp,
    lambda g, y, a, b: unbroadcast(multiply(g, _part(a, b)), a),
    lambda g, y, a, b: unbroadcast(multiply(g, _part(b, a)), b),
)


@op
def reciprocal(x: Any) -> Any:
    """Computes `1 / x`.

    Args:
        x: Tensor.

    Example:
        >>> reciprocal(4.0).item()
        0.25
    """
    return divide(1, x)


@primitive(spec=specs.same, cast=promote_float)
def rsqrt(x: Any) -> Any:
    """Computes `1 / sqrt(x)`.

    Args:
        x: Tensor.

    Returns:
        Tensor of the shape of `x` and a float dtype.

    Example:
        >>> rsqrt(4.0).item()
        0.5
    """
    return current().rsqrt(x)


defvjp(rsqrt, lambda g, y, x: multiply(g, multiply(multiply(y, square(y)), -0.5)))


@op
def abs(x: Any) -> Any:
    """Computes `|x|`; another name of `absolute`.

    Args:
        x: Tensor.

    Example:
        >>> abs(-2.0).item()
        2.0
    """
    return absolute(x)


@primitive(spec=specs.same, cast=_numbers)
def _round(x: Any) -> Any:
    return current().round(x)


nondifferentiable(_round, "is constant between jumps")


@op
def round(x: Any, decimals: int = 0) -> Any:
    """Rounds to a number of decimals, halves to the even digit.

    Args:
        x: Tensor.
        decimals: How many; negative ones round to tens and hundreds.

    Returns:
        Tensor like `x`.

    Example:
        >>> round([1.26, 2.5], 1).tolist()[1], round(2.5).item()
        (2.5, 2.0)
    """
    if decimals == 0:
        return _round(x)
    x = converted(x)
    factor = 10.0**decimals
    rounded = divide(_round(multiply(x, factor)), factor)
    return rounded if is_float_dtype(x.dtype) else as_tensor(rounded, x.dtype)
