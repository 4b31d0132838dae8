"""Tensors made from nothing: zeros, ones, ranges, identities."""

from typing import Any

from kerasish.autodiff import (
    Tensor,
    TensorSpec,
    Variable,
    defvjp,
    keep,
    op,
    primitive,
    promote_float,
)
from kerasish.autodiff.casting import as_tensor
from kerasish.backends import current
from kerasish.core.dtypes import result_type, standardize_dtype
from kerasish.core.errors import ArgumentError
from kerasish.ops.arithmetic import add, divide, multiply, subtract
from kerasish.ops.broadcasting import broadcast_to, unbroadcast
from kerasish.ops.comparison import equal
from kerasish.ops.conversion import converted
from kerasish.ops.movement import expand_dims, moveaxis
from kerasish.ops.selection import where

__all__ = [
    "arange",
    "empty",
    "empty_like",
    "eye",
    "full",
    "full_like",
    "identity",
    "linspace",
    "ones",
    "ones_like",
    "zeros",
    "zeros_like",
]


def _filled(shape: Any, value: Any, dtype: Any) -> Tensor:
    backend = current()
    shape = (shape,) if isinstance(shape, int) else tuple(int(n) for n in shape)
    name = standardize_dtype(dtype)
    return Tensor(backend.xp.full(shape, value, dtype=backend.dtype(name)))


def zeros(shape: Any, dtype: Any = None) -> Tensor:
    """Makes a tensor of zeros.

    Args:
        shape: Tuple of sizes.
        dtype: Dtype name, the default float if None.

    Example:
        >>> zeros((2,)).tolist()
        [0.0, 0.0]
    """
    return _filled(shape, 0, dtype)


def ones(shape: Any, dtype: Any = None) -> Tensor:
    """Makes a tensor of ones.

    Args:
        shape: Tuple of sizes.
        dtype: Dtype name, the default float if None.

    Example:
        >>> ones((2,)).tolist()
        [1.0, 1.0]
    """
    return _filled(shape, 1, dtype)


def empty(shape: Any, dtype: Any = None) -> Tensor:
    """Makes a tensor whose values do not matter; they are zeros.

    Args:
        shape: Tuple of sizes.
        dtype: Dtype name, the default float if None.

    Example:
        >>> empty((2,)).shape
        (2,)
    """
    return zeros(shape, dtype)


def full(shape: Any, fill_value: Any, dtype: Any = None) -> Any:
    """Makes a tensor of one value.

    Args:
        shape: Tuple of sizes.
        fill_value: The value, or a tensor that broadcasts to the shape.
        dtype: Dtype name, the default float if None.

    Example:
        >>> full((2,), 3.0).tolist()
        [3.0, 3.0]
    """
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    return broadcast_to(as_tensor(fill_value, standardize_dtype(dtype)), shape)


def _like_spec(x: TensorSpec, value: TensorSpec) -> TensorSpec:
    return TensorSpec(x.shape, value.dtype)


@primitive(spec=_like_spec, cast=keep)
def _like(x: Any, value: Any) -> Any:
    xp = current().xp
    return xp.asarray(xp.broadcast_to(value, x.shape), copy=True)


defvjp(_like, None, lambda g, y, x, value: unbroadcast(g, value))


@op
def zeros_like(x: Any, dtype: Any = None) -> Any:
    """Makes zeros of the shape of a tensor.

    Args:
        x: Tensor.
        dtype: Dtype name, that of `x` by default.

    Example:
        >>> zeros_like([1, 2]).tolist()
        [0, 0]
    """
    return full_like(x, 0, dtype)


@op
def ones_like(x: Any, dtype: Any = None) -> Any:
    """Makes ones of the shape of a tensor.

    Args:
        x: Tensor.
        dtype: Dtype name, that of `x` by default.

    Example:
        >>> ones_like([1, 2]).tolist()
        [1, 1]
    """
    return full_like(x, 1, dtype)


@op
def empty_like(x: Any, dtype: Any = None) -> Any:
    """Makes a tensor of the shape of another; its values are zeros.

    Args:
        x: Tensor.
        dtype: Dtype name, that of `x` by default.

    Example:
        >>> empty_like([1, 2]).shape
        (2,)
    """
    return full_like(x, 0, dtype)


@op
def full_like(x: Any, fill_value: Any, dtype: Any = None) -> Any:
    """Makes a tensor of one value of the shape of another.

    Args:
        x: Tensor.
        fill_value: The value, or a tensor that broadcasts to the shape.
        dtype: Dtype name, that of `x` by default.

    Example:
        >>> full_like([1, 2], 3).tolist()
        [3, 3]
    """
    x = converted(x)
    return _like(x, as_tensor(fill_value, standardize_dtype(dtype or x.dtype)))


def arange(start: Any, stop: Any = None, step: Any = None, dtype: Any = None) -> Tensor:
    """Makes evenly spaced numbers: from `start` to below `stop`, by `step`.

    Args:
        start: The first number, or `stop` if that is None.
        stop: The bound, not reached.
        step: The distance, 1 by default.
        dtype: Dtype name; by default int32, or the default float for floats.

    Raises:
        ArgumentError: If `step` is 0.

    Example:
        >>> arange(3).tolist(), arange(1.0, 2.0, 0.5).tolist()
        ([0, 1, 2], [1.0, 1.5])
    """
    numbers = [x for x in (start, stop, step) if x is not None]
    if dtype is None:
        kinds = [getattr(x, "dtype", type(x)) for x in numbers]
        dtype = result_type(*kinds)
    name = standardize_dtype(dtype)
    start, stop = (0, start) if stop is None else (start, stop)
    first, bound, by = (_number(x) for x in (start, stop, 1 if step is None else step))
    if by == 0:
        raise ArgumentError("`step` of `arange` must not be 0.")
    return Tensor(current().arange(first, bound, by, name))


def _number(x: Any) -> Any:
    return x if isinstance(x, int | float) else as_tensor(x).item()


@op
def linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    """Makes a number of evenly spaced values between two bounds.

    Args:
        start: First value, or a tensor of them.
        stop: Last value.
        num: How many.
        endpoint: Whether `stop` is the last of them.
        retstep: Whether the distance is returned too.
        dtype: Dtype name; that of the bounds by default, a float one.
        axis: Where the values lie if the bounds are tensors.

    Returns:
        Tensor, or `(tensor, distance)`.

    Raises:
        ArgumentError: If `num` is negative.

    Example:
        >>> linspace(0.0, 1.0, 3).tolist()
        [0.0, 0.5, 1.0]
    """
    if num < 0:
        raise ArgumentError(f"`num` must not be negative. Received: num={num}")
    name = promote_float(*(getattr(x, "dtype", type(x)) for x in (start, stop)))[0]
    # Numbers are spaced in double precision, tensors in their own.
    exact = not any(isinstance(x, Tensor | Variable) for x in (start, stop))
    wide = "float64" if exact else name
    low, high = (as_tensor(x, wide) for x in (start, stop))
    reach = subtract(high, low)
    steps = max(num - 1 if endpoint else num, 1)
    places = arange(num, dtype="int32")
    shares = divide(as_tensor(places, wide), steps)
    low, high = expand_dims(low, -1), expand_dims(high, -1)
    values = add(low, multiply(expand_dims(reach, -1), shares))
    if endpoint and num > 1:
        values = where(equal(places, num - 1), high, values)
    values = moveaxis(values, -1, axis)
    made = as_tensor(values, standardize_dtype(dtype or name))
    return (made, as_tensor(divide(reach, steps), name)) if retstep else made


def eye(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Tensor:
    """Makes a matrix with ones on a diagonal.

    Args:
        N: Rows.
        M: Columns, as many as rows by default.
        k: Which diagonal: 0 the main one, above it positive.
        dtype: Dtype name, the default float if None.

    Example:
        >>> eye(2).tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """
    backend = current()
    name = standardize_dtype(dtype)
    return Tensor(backend.xp.eye(N, M, k=k, dtype=backend.dtype(name)))


def identity(n: int, dtype: Any = None) -> Tensor:
    """Makes the identity matrix.

    Args:
        n: Rows and columns.
        dtype: Dtype name, the default float if None.

    Example:
        >>> identity(2).tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """
    return eye(n, dtype=dtype)
