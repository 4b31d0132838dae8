"""Products and running sums and products along an axis, and the area under points."""

from typing import Any

from kerasish.autodiff import TensorSpec, defvjp, op, primitive
from kerasish.backends import current
from kerasish.core.dtypes import standardize_dtype
from kerasish.ops import specs
from kerasish.ops.arithmetic import add, divide, multiply, subtract
from kerasish.ops.comparison import isnan
from kerasish.ops.conversion import cast, converted
from kerasish.ops.creation import ones_like, zeros_like
from kerasish.ops.indexing import get_item
from kerasish.ops.movement import concatenate, flip, reshape
from kerasish.ops.reductions import spread, sum
from kerasish.ops.selection import where

__all__ = [
    "cumprod",
    "cumsum",
    "nancumprod",
    "nancumsum",
    "nanprod",
    "prod",
    "trapezoid",
]


@primitive(spec=specs.same)
def _cumsum(x: Any, axis: int = 0) -> Any:
    return current().cumsum(x, axis)


defvjp(_cumsum, lambda g, y, x, axis: flip(_cumsum(flip(g, axis), axis=axis), axis))


@primitive(spec=specs.same)
def _cumprod(x: Any, axis: int = 0) -> Any:
    return current().cumprod(x, axis)


@primitive(spec=specs.broadcast)
def _recurrence(a: Any, b: Any, axis: int = 0) -> Any:
    return current().recurrence(a, b, axis)


def _reversed_recurrence(a: Any, g: Any, axis: int) -> Any:
    # r_i = g_i + a_(i+1) r_(i+1)
    later = _shift(flip(a, axis), axis, zeros_like)
    return flip(_recurrence(later, flip(g, axis), axis=axis), axis)


def _shift(x: Any, axis: int, filling: Any) -> Any:
    """Moves elements on by one place along an axis."""
    first = get_item(x, (slice(None),) * axis + (slice(0, 1),))
    rest = get_item(x, (slice(None),) * axis + (slice(0, max(x.shape[axis] - 1, 0)),))
    return concatenate([filling(first), rest], axis=axis)


# y_i = a_i y_(i-1) + b_i
defvjp(
    _recurrence,
    lambda g, y, a, b, axis: multiply(
        _reversed_recurrence(a, g, axis), _shift(y, axis, zeros_like)
    ),
    lambda g, y, a, b, axis: _reversed_recurrence(a, g, axis),
)
# Exact also where elements are zero, unlike a division of y by x.
defvjp(
    _cumprod,
    lambda g, y, x, axis: multiply(
        _reversed_recurrence(x, g, axis), _shift(y, axis, ones_like)
    ),
)


def _prod_spec(x: TensorSpec, axis: int) -> TensorSpec:
    return TensorSpec(specs.reduced_shape(x.shape, axis, True), x.dtype)


@primitive(spec=_prod_spec, static=("axis",))
def _prod(x: Any, axis: int) -> Any:
    return current().prod(x, (axis,), True)


def _product_of_others(x: Any, axis: int) -> Any:
    before = _shift(_cumprod(x, axis=axis), axis, ones_like)
    after = _shift(_cumprod(flip(x, axis), axis=axis), axis, ones_like)
    return multiply(before, flip(after, axis))


defvjp(
    _prod,
    lambda g, y, x, axis: multiply(
        spread(g, x.shape, axis, True), _product_of_others(x, axis)
    ),
)


@op
def prod(x: Any, axis: Any = None, keepdims: bool = False, dtype: Any = None) -> Any:
    """Multiplies over axes.

    Args:
        x: Tensor.
        axis: Axis or axes, all by default.
        keepdims: Whether the axes stay with size 1.
        dtype: Dtype of the result; by default that of `x`, int32 or uint32 for
            smaller integers.

    Returns:
        Tensor without the axes.

    Example:
        >>> prod([[1, 2], [3, 4]], axis=0).tolist()
        [3, 8]
    """
    x = converted(x)
    name = standardize_dtype(dtype) if dtype is not None else _sum_name(x.dtype)
    x = cast(x, name)
    shape = specs.reduced_shape(x.shape, axis, keepdims)
    for i in specs.canonical_axes(axis, len(x.shape)):
        x = _prod(x, axis=i)
    return reshape(x, tuple(-1 if n is None else n for n in shape))


def _sum_name(dtype: str) -> str:
    if dtype in ("uint8", "uint16"):
        return "uint32"
    return "int32" if dtype in ("bool", "int8", "int16") else dtype


def _along(function: Any, x: Any, axis: Any, dtype: Any) -> Any:
    x = converted(x)
    if dtype is not None or x.dtype == "bool":
        x = cast(x, dtype or "int32")
    kept = x.dtype
    if kept in ("float16", "bfloat16"):  # their sums stop growing soon
        x = cast(x, "float32")
    if axis is None:
        y = function(reshape(x, (-1,)), axis=0)
    else:
        y = function(x, axis=specs.canonical_axis(axis, len(x.shape)))
    return cast(y, kept)


@op
def cumsum(x: Any, axis: Any = None, dtype: Any = None) -> Any:
    """Sums up to each element along an axis.

    Args:
        x: Tensor.
        axis: Axis; by default the tensor is taken flat.
        dtype: Dtype of the result, that of `x` by default (int32 for booleans).

    Returns:
        Tensor like `x`, or flat.

    Example:
        >>> cumsum([1, 2, 3]).tolist()
        [1, 3, 6]
    """
    return _along(_cumsum, x, axis, dtype)


@op
def cumprod(x: Any, axis: Any = None, dtype: Any = None) -> Any:
    """Multiplies up to each element along an axis.

    Args:
        x: Tensor.
        axis: Axis; by default the tensor is taken flat.
        dtype: Dtype of the result, that of `x` by default (int32 for booleans).

    Returns:
        Tensor like `x`, or flat.

    Example:
        >>> cumprod([1, 2, 3]).tolist()
        [1, 2, 6]
    """
    return _along(_cumprod, x, axis, dtype)


@op
def nancumsum(x: Any, axis: Any = None, dtype: Any = None) -> Any:
    """Sums up to each element along an axis, `nan` counting as 0.

    Args:
        x: Tensor.
        axis: Axis; by default the tensor is taken flat.
        dtype: Dtype of the result, that of `x` by default (int32 for booleans).

    Returns:
        Tensor like `x`, or flat.

    Example:
        >>> nancumsum([1.0, float("nan"), 3.0]).tolist()
        [1.0, 1.0, 4.0]
    """
    return cumsum(where(isnan(x), False, x), axis, dtype)


@op
def nancumprod(x: Any, axis: Any = None, dtype: Any = None) -> Any:
    """Multiplies up to each element along an axis, `nan` counting as 1.

    Args:
        x: Tensor.
        axis: Axis; by default the tensor is taken flat.
        dtype: Dtype of the result, that of `x` by default (int32 for booleans).

    Returns:
        Tensor like `x`, or flat.

    Example:
        >>> nancumprod([1.0, float("nan"), 3.0]).tolist()
        [1.0, 1.0, 3.0]
    """
    return cumprod(where(isnan(x), True, x), axis, dtype)


@op
def nanprod(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Multiplies over axes, `nan` counting as 1.

    Args:
        x: Tensor.
        axis: Axis or axes, all by default.
        keepdims: Whether the axes stay with size 1.

    Returns:
        Tensor without the axes.

    Example:
        >>> nanprod([2.0, float("nan"), 3.0]).item()
        6.0
    """
    return prod(where(isnan(x), True, x), axis, keepdims)


@op
def trapezoid(y: Any, x: Any = None, dx: float = 1.0, axis: int = -1) -> Any:
    """Integrates points along an axis by the trapezoidal rule.

    Args:
        y: Tensor of heights.
        x: Tensor of places; by default they are `dx` apart.
        dx: Distance between the places.
        axis: The axis.

    Returns:
        Tensor without the axis, of a float dtype.

    Example:
        >>> trapezoid([1, 2, 3]).item()
        4.0
    """
    y = converted(y)
    axis = specs.canonical_axis(axis, len(y.shape))
    before = (slice(None),) * axis
    upper, lower = (*before, slice(1, None)), (*before, slice(None, -1))
    width: Any = float(dx)
    if x is not None:
        x = converted(x)
        if len(x.shape) == 1:
            width = subtract(get_item(x, slice(1, None)), get_item(x, slice(None, -1)))
            width = reshape(width, (-1,) + (1,) * (len(y.shape) - axis - 1))
        else:
            width = subtract(get_item(x, upper), get_item(x, lower))
    area = multiply(add(get_item(y, upper), get_item(y, lower)), width)
    return divide(sum(area, axis=axis), 2)
