"""Division's companions: quotients without `nan`, remainders, common divisors."""

from typing import Any

from kerasish.autodiff import defvjp, nondifferentiable, op, primitive, promote_float
from kerasish.backends import current
from kerasish.core.dtypes import is_int_dtype, result_type
from kerasish.core.errors import DtypeError
from kerasish.ops import specs
from kerasish.ops.arithmetic import multiply, negative
from kerasish.ops.broadcasting import unbroadcast
from kerasish.ops.extremes import floor_divide
from kerasish.ops.rounding import absolute, trunc

__all__ = ["divide_no_nan", "fmod", "gcd", "lcm"]


def _numbers(*dtypes: Any) -> tuple[str, ...]:
    name = result_type(*dtypes)
    return ("int32" if name == "bool" else name,) * len(dtypes)


def _integers(*dtypes: Any) -> tuple[str, ...]:
    name = result_type(*dtypes)
    if not is_int_dtype(name):
        raise DtypeError(f"Common divisors are of integers. Received: dtype={name}")
    return (name,) * len(dtypes)


@primitive(spec=specs.broadcast, cast=promote_float)
def divide_no_nan(x1: Any, x2: Any) -> Any:
    """Divides element by element; 0, with gradient 0, where the divisor is 0.

    Args:
        x1: Tensor.
        x2: Tensor that broadcasts with `x1`.

    Returns:
        Tensor of the broadcast shape and a float dtype.

    Example:
        >>> divide_no_nan([1.0, 2.0], [0.0, 4.0]).tolist()
        [0.0, 0.5]
    """
    return current().divide_no_nan(x1, x2)


defvjp(
    divide_no_nan,
    lambda g, y, x1, x2: unbroadcast(divide_no_nan(g, x2), x1),
    lambda g, y, x1, x2: unbroadcast(negative(divide_no_nan(multiply(g, y), x2)), x2),
)


@primitive(spec=specs.broadcast, cast=_numbers)
def fmod(x1: Any, x2: Any) -> Any:
    """Returns the remainder of a division, of the sign of `x1`.

    Args:
        x1: Tensor.
        x2: Tensor that broadcasts with `x1`.

    Returns:
        Tensor of the broadcast shape and the common dtype, int32 for booleans.

    Example:
        >>> fmod([7, -7], 3).tolist()
        [1, -1]
    """
    return current().fmod(x1, x2)


defvjp(
    fmod,
    lambda g, y, x1, x2: unbroadcast(g, x1),
    lambda g, y, x1, x2: unbroadcast(negative(multiply(g, trunc(x1 / x2))), x2),
)


@primitive(spec=specs.broadcast, cast=_integers)
def gcd(x1: Any, x2: Any) -> Any:
    """Returns the greatest common divisor of integers, element by element.

    Args:
        x1: Integer tensor.
        x2: Integer tensor that broadcasts with `x1`.

    Returns:
        Tensor of the broadcast shape and the common dtype.

    Raises:
        DtypeError: If an operand holds no integers.

    Example:
        >>> gcd([12, 7], 18).tolist()
        [6, 1]
    """
    return current().gcd(x1, x2)


nondifferentiable(gcd, "is an integer")


@op
def lcm(x1: Any, x2: Any) -> Any:
    """Returns the least common multiple of integers, element by element.

    Args:
        x1: Integer tensor.
        x2: Integer tensor that broadcasts with `x1`.

    Returns:
        Tensor of the broadcast shape and the common dtype; 0 where an operand is.

    Raises:
        DtypeError: If an operand holds no integers.

    Example:
        >>> lcm([4, 7], 6).tolist()
        [12, 42]
    """
    divisor = gcd(x1, x2)
    return absolute(multiply(floor_divide(x1, divisor), x2))
