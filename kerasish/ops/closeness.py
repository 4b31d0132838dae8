"""Nearly equal, infinite, real, member of: tests with a boolean answer."""

import math
from typing import Any

from kerasish.autodiff import TensorSpec, nondifferentiable, op, primitive
from kerasish.backends import current
from kerasish.core.dtypes import is_complex_dtype, result_type
from kerasish.ops import specs
from kerasish.ops.arithmetic import add, multiply, subtract
from kerasish.ops.comparison import (
    equal,
    isfinite,
    isnan,
    less_equal,
    logical_and,
    logical_not,
    logical_or,
)
from kerasish.ops.complex_numbers import imag
from kerasish.ops.conversion import cast, converted
from kerasish.ops.creation import ones_like
from kerasish.ops.movement import reshape
from kerasish.ops.reductions import all as all_
from kerasish.ops.rounding import absolute

__all__ = ["allclose", "isclose", "isin", "isinf", "isneginf", "isposinf", "isreal"]


@primitive(spec=specs.boolean)
def isinf(x: Any) -> Any:
    """Returns where numbers are infinite.

    Args:
        x: Tensor.

    Returns:
        Boolean tensor like `x`.

    Example:
        >>> isinf([1.0, -float("inf")]).tolist()
        [False, True]
    """
    return current().isinf(x)


nondifferentiable(isinf, "is true or false")


@op
def isposinf(x: Any) -> Any:
    """Returns where numbers are positive infinity.

    Args:
        x: Tensor.

    Returns:
        Boolean tensor like `x`.

    Example:
        >>> isposinf([float("inf"), -float("inf")]).tolist()
        [True, False]
    """
    return equal(x, math.inf)


@op
def isneginf(x: Any) -> Any:
    """Returns where numbers are negative infinity.

    Args:
        x: Tensor.

    Returns:
        Boolean tensor like `x`.

    Example:
        >>> isneginf([float("inf"), -float("inf")]).tolist()
        [False, True]
    """
    return equal(x, -math.inf)


@op
def isreal(x: Any) -> Any:
    """Returns where numbers have no imaginary part.

    Args:
        x: Tensor.

    Returns:
        Boolean tensor like `x`.

    Example:
        >>> isreal([1.0, 2.0]).tolist()
        [True, True]
    """
    x = converted(x)
    if is_complex_dtype(x.dtype):
        return equal(imag(x), 0)
    return ones_like(x, "bool")


@op
def isclose(
    x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> Any:
    """Returns where `|x1 - x2| <= atol + rtol * |x2|`.

    Args:
        x1: Tensor.
        x2: Tensor that broadcasts with `x1`.
        rtol: Difference allowed in units of `x2`.
        atol: Difference allowed absolutely.
        equal_nan: Whether `nan` is close to `nan`.

    Returns:
        Boolean tensor of the broadcast shape.

    Example:
        >>> isclose([1.0, 2.0], [1.000001, 2.1]).tolist()
        [True, False]
    """
    x1, x2 = converted(x1), converted(x2)
    name = result_type(x1.dtype, x2.dtype, float)
    x1, x2 = cast(x1, name), cast(x2, name)
    allowed = add(atol, multiply(rtol, absolute(x2)))
    near = less_equal(absolute(subtract(x1, x2)), allowed)
    close = logical_or(logical_and(near, isfinite(x2)), equal(x1, x2))
    if equal_nan:
        close = logical_or(close, logical_and(isnan(x1), isnan(x2)))
    return close


@op
def allclose(
    x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> Any:
    """Returns whether all elements are close, as `isclose` has it.

    Args:
        x1: Tensor.
        x2: Tensor that broadcasts with `x1`.
        rtol: Difference allowed in units of `x2`.
        atol: Difference allowed absolutely.
        equal_nan: Whether `nan` is close to `nan`.

    Returns:
        Boolean scalar tensor.

    Example:
        >>> allclose([1.0, 2.0], [1.000001, 2.1]).item()
        False
    """
    return all_(isclose(x1, x2, rtol, atol, equal_nan))


def _isin_spec(x1: TensorSpec, x2: TensorSpec) -> TensorSpec:
    return TensorSpec(x1.shape, "bool")


@primitive(spec=_isin_spec)
def _isin(x1: Any, x2: Any) -> Any:
    return current().isin(x1, x2)


nondifferentiable(_isin, "is true or false")


@op
def isin(x1: Any, x2: Any, assume_unique: bool = False, invert: bool = False) -> Any:
    """Returns where elements of one tensor are among those of another.

    Args:
        x1: Tensor.
        x2: Tensor of the elements to look for, of any shape.
        assume_unique: Accepted as Keras does; it changes nothing.
        invert: Whether to return where they are not.

    Returns:
        Boolean tensor of the shape of `x1`.

    Example:
        >>> isin([1, 2, 3], [2, 4]).tolist()
        [False, True, False]
    """
    found = _isin(x1, reshape(x2, (-1,)))
    return logical_not(found) if invert else found
