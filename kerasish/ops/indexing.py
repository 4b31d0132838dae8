"""Gathering by index, and scattering, which is its gradient."""

import math
from typing import Any

import numpy as np

from kerasish.autodiff import (
    KerasTensor,
    Tensor,
    TensorSpec,
    Variable,
    defvjp,
    nondifferentiable,
    op,
    primitive,
)
from kerasish.autodiff.casting import keep
from kerasish.backends import current
from kerasish.core.dtypes import is_int_dtype, standardize_dtype
from kerasish.core.errors import ArgumentError, ArgumentTypeError
from kerasish.ops import specs
from kerasish.ops.comparison import equal
from kerasish.ops.conversion import cast, converted
from kerasish.ops.creation import arange
from kerasish.ops.movement import expand_dims, moveaxis, reshape
from kerasish.ops.reductions import max as maximum_of
from kerasish.ops.selection import where

__all__ = [
    "argsort",
    "get_item",
    "in_top_k",
    "multi_hot",
    "one_hot",
    "sort",
    "take",
    "take_along_axis",
    "top_k",
]


def _take_spec(x: TensorSpec, indices: TensorSpec, axis: int) -> TensorSpec:
    shape = (*x.shape[:axis], *indices.shape, *x.shape[axis + 1 :])
    return TensorSpec(shape, x.dtype)


@primitive(spec=_take_spec, cast=keep, static=("axis",))
def _take(x: Any, indices: Any, axis: int) -> Any:
    return current().take(x, indices, axis)


def _scatter_spec(u: TensorSpec, i: TensorSpec, axis: int, size: int) -> TensorSpec:
    kept = u.shape[axis + i.ndim :]
    return TensorSpec((*u.shape[:axis], size, *kept), u.dtype)


@primitive(spec=_scatter_spec, cast=keep, static=("axis", "size"))
def _scatter_add(updates: Any, indices: Any, axis: int, size: int) -> Any:
    xp = current().xp
    before, after = updates.shape[:axis], updates.shape[axis + indices.ndim :]
    rows = xp.reshape(updates, (*before, -1, *after))
    rows = xp.moveaxis(rows, axis, 0)
    added = current().scatter_add(rows, xp.reshape(indices, (-1,)), size)
    return xp.moveaxis(added, 0, axis)


def _added(updates: Any, indices: Any, axis: int, size: int) -> Any:
    """Adds up what goes to the same index; sums of half precision stop growing soon."""
    if updates.dtype not in ("float16", "bfloat16"):
        return _scatter_add(updates, indices, axis=axis, size=size)
    wide = _scatter_add(cast(updates, "float32"), indices, axis=axis, size=size)
    return cast(wide, updates.dtype)


defvjp(
    _take,
    lambda g, y, x, i, axis: _added(g, i, axis=axis, size=x.shape[axis]),
    None,
)
defvjp(_scatter_add, lambda g, y, u, i, axis, size: _take(g, i, axis=axis), None)


@op
def take(x: Any, indices: Any, axis: int | None = None) -> Any:
    """Gathers slices of a tensor along an axis.

    Args:
        x: Tensor.
        indices: Integer tensor of any shape; negative ones count from the end.
        axis: The axis; by default the tensor is taken flat.

    Returns:
        Tensor with the axis replaced by the axes of `indices`.

    Raises:
        ArgumentError: If an index is out of range.

    Example:
        >>> take([10, 20, 30], [2, 0]).tolist()
        [30, 10]
    """
    x, indices = converted(x), _integers(indices)
    if axis is None:
        x, axis = reshape(x, (-1,)), 0
    axis = specs.canonical_axis(axis, len(x.shape))
    size = x.shape[axis]
    if size is not None and not isinstance(indices, KerasTensor):
        indices = _from_start(_wide(indices), size=size)
    return _take(x, indices, axis=axis)


def _integers(indices: Any) -> Any:
    indices = converted(indices)
    if indices.dtype == "bool" or not is_int_dtype(indices.dtype):
        if not isinstance(indices, KerasTensor) and math.prod(indices.shape) == 0:
            return cast(indices, "int32")
        raise ArgumentTypeError(
            f"Indices must be integers. Received: dtype={indices.dtype}"
        )
    return indices


def _wide(indices: Any) -> Any:
    return indices if indices.dtype in ("int32", "int64") else cast(indices, "int32")


@primitive(spec=lambda x, size: x, cast=keep, static=("size",))
def _from_start(x: Any, size: int) -> Any:
    """Counts negative indices from the start of an axis; refuses those beyond it."""
    if math.prod(x.shape) == 0:
        return x
    backend = current()
    low, high = int(backend.xp.min(x)), int(backend.xp.max(x))
    if low < -size or high >= size:
        wrong = low if low < -size else high
        raise ArgumentError(
            f"Index {wrong} is out of range for an axis of size {size}."
        )
    if low >= 0:
        return x
    return backend.where(x < 0, x + backend.asarray(size, backend.dtype_name(x)), x)


nondifferentiable(_from_start)


def _item_spec(x: TensorSpec, key: Any) -> TensorSpec:
    unknown = [997 if n is None else n for n in x.shape]  # a prime, to be found again
    probe = np.broadcast_to(np.zeros((), np.int8), unknown)[key]
    shape = list(probe.shape)
    if None in x.shape:
        other = [991 if n is None else n for n in x.shape]
        again = np.broadcast_to(np.zeros((), np.int8), other)[key].shape
        shape = [a if a == b else None for a, b in zip(shape, again, strict=True)]
    return TensorSpec(shape, x.dtype)


@primitive(spec=_item_spec, cast=keep, static=("key",))
def _get_item(x: Any, key: Any) -> Any:
    return current().get_item(x, key)


def _put_spec(g: TensorSpec, key: Any, shape: Any) -> TensorSpec:
    return TensorSpec(shape, g.dtype)


@primitive(spec=_put_spec, cast=keep, static=("key", "shape"))
def _put_item(g: Any, key: Any, shape: Any) -> Any:
    return current().put_item(g, key, shape)


defvjp(_get_item, lambda g, y, x, key: _put_item(g, key=key, shape=tuple(x.shape)))
defvjp(_put_item, lambda g, y, u, key, shape: _get_item(g, key=key))


@op
def get_item(x: Any, key: Any) -> Any:
    """Returns `x[key]`: integers, slices, None, `...`, arrays of integers or booleans.

    Args:
        x: Tensor.
        key: What stands between the brackets.

    Returns:
        Tensor.

    Raises:
        IndexError: If an index is out of range.

    Example:
        >>> get_item(arange(4), slice(1, 3)).tolist()
        [1, 2]
    """
    if isinstance(key, list) and any(isinstance(k, slice) for k in key):
        key = tuple(key)  # as a saved model gives it
    keys = key if isinstance(key, tuple) else (key,)
    if len(keys) == 1 and isinstance(keys[0], Tensor | Variable | np.ndarray | list):
        indices = converted(keys[0])
        if is_int_dtype(indices.dtype):
            return take(x, indices, axis=0)
    return _get_item(x, key=tuple(_host_key(k) for k in keys))


def _host_key(key: Any) -> Any:
    if isinstance(key, Tensor | Variable):
        host = converted(key).numpy()
        return host.item() if host.ndim == 0 and host.dtype != bool else host
    if isinstance(key, slice):
        return slice(*(_bound(b) for b in (key.start, key.stop, key.step)))
    return key


def _bound(value: Any) -> Any:
    return value if value is None else value.__index__()


@op
def take_along_axis(x: Any, indices: Any, axis: int | None = None) -> Any:
    """Gathers elements: at each place the one whose index along an axis is given.

    Args:
        x: Tensor.
        indices: Integer tensor of as many axes.
        axis: The axis; by default both are taken flat.

    Returns:
        Tensor of the shape of `indices`.

    Example:
        >>> take_along_axis([[10, 20], [30, 40]], [[1], [0]], axis=1).tolist()
        [[20], [30]]
    """
    x, indices = converted(x), _integers(indices)
    if axis is None:
        x, indices, axis = reshape(x, (-1,)), reshape(indices, (-1,)), 0
    axis = specs.canonical_axis(axis, len(x.shape))
    if not isinstance(indices, KerasTensor) and x.shape[axis] is not None:
        indices = _from_start(_wide(indices), size=x.shape[axis])
    return _take_along(x, indices, axis=axis)


def _along_spec(x: TensorSpec, indices: TensorSpec, axis: int) -> TensorSpec:
    return TensorSpec(indices.shape, x.dtype)


@primitive(spec=_along_spec, cast=keep, static=("axis",))
def _take_along(x: Any, indices: Any, axis: int) -> Any:
    return current().take_along_axis(x, indices, axis)


def _take_along_vjp(g: Any, y: Any, x: Any, indices: Any, axis: int) -> Any:
    # As a scatter over one flat axis of rows times size.
    size = x.shape[axis]
    moved = moveaxis(indices, axis, -1)
    rows = math.prod(moved.shape[:-1])
    offsets = expand_dims(arange(rows, dtype="int32") * size, 1)
    flat = cast(reshape(moved, (rows, -1)), "int32") + offsets
    added = _added(
        reshape(moveaxis(g, axis, -1), (-1,)),
        reshape(flat, (-1,)),
        axis=0,
        size=rows * size,
    )
    return moveaxis(reshape(added, (*moved.shape[:-1], size)), -1, axis)


defvjp(_take_along, _take_along_vjp, None)


@op
def one_hot(
    x: Any, num_classes: int, axis: int = -1, dtype: Any = None, sparse: bool = False
) -> Any:
    """Encodes integers as vectors with a 1 at their place; zeros if out of range.

    Args:
        x: Integer tensor.
        num_classes: Length of a vector.
        axis: Where the vectors lie in the result.
        dtype: Dtype name, the default float if None.
        sparse: Must be False.

    Returns:
        Tensor with one axis more.

    Example:
        >>> one_hot([0, 2], 3).tolist()
        [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    if sparse:
        raise ArgumentTypeError("Tensors are dense here. Received: sparse=True")
    x = converted(x)
    if not is_int_dtype(x.dtype):
        x = cast(x, "int32")
    axis = specs.canonical_axis(axis, len(x.shape) + 1)
    shape = [1] * (len(x.shape) + 1)
    shape[axis] = num_classes
    places = reshape(arange(num_classes, dtype="int32"), tuple(shape))
    return cast(equal(expand_dims(x, axis), places), standardize_dtype(dtype))


@op
def multi_hot(
    inputs: Any,
    num_classes: int | None = None,
    axis: int = -1,
    dtype: Any = None,
    sparse: bool = False,
) -> Any:
    """Encodes sets of integers as vectors with a 1 at each of their places.

    Args:
        inputs: Integer tensor `(..., set)`.
        num_classes: Length of a vector.
        axis: Where the vectors lie in the result.
        dtype: Dtype name, the default float if None.
        sparse: Must be False.

    Returns:
        Tensor `(..., num_classes)`.

    Example:
        >>> multi_hot([0, 2], 3).tolist()
        [1.0, 0.0, 1.0]
    """
    if num_classes is None:
        raise ArgumentError("`multi_hot` needs `num_classes`.")
    inputs = converted(inputs)
    over = 1 if len(inputs.shape) > 1 else 0
    return maximum_of(one_hot(inputs, num_classes, axis, dtype, sparse), axis=over)


def _sort_spec(x: TensorSpec, axis: int) -> TensorSpec:
    return TensorSpec(x.shape, "int32")


@primitive(spec=_sort_spec, cast=keep, static=("axis",))
def _argsort(x: Any, axis: int) -> Any:
    return current().argsort(x, axis)


nondifferentiable(_argsort, "is an index")


@op
def argsort(x: Any, axis: int | None = -1) -> Any:
    """Returns the indices that sort a tensor along an axis.

    Args:
        x: Tensor.
        axis: The axis, or None to take the tensor flat.

    Returns:
        int32 tensor.

    Example:
        >>> argsort([30, 10, 20]).tolist()
        [1, 2, 0]
    """
    x = converted(x)
    if axis is None:
        x, axis = reshape(x, (-1,)), 0
    return _argsort(x, axis=specs.canonical_axis(axis, len(x.shape)))


@op
def sort(x: Any, axis: int | None = -1) -> Any:
    """Sorts a tensor along an axis.

    Args:
        x: Tensor.
        axis: The axis, or None to take the tensor flat.

    Returns:
        Tensor.

    Example:
        >>> sort([30, 10, 20]).tolist()
        [10, 20, 30]
    """
    x = converted(x)
    if axis is None:
        x, axis = reshape(x, (-1,)), 0
    axis = specs.canonical_axis(axis, len(x.shape))
    return _take_along(x, _argsort(x, axis=axis), axis=axis)


def _top_spec(x: TensorSpec, k: int) -> TensorSpec:
    return TensorSpec((*x.shape[:-1], k), "int32")


@primitive(spec=_top_spec, cast=keep, static=("k",))
def _top_k(x: Any, k: int) -> Any:
    return current().top_k(x, k)


nondifferentiable(_top_k, "is an index")


@op
def top_k(x: Any, k: int, sorted: bool = True) -> Any:
    """Returns the k largest elements of the last axis, and where they are.

    Args:
        x: Tensor.
        k: How many.
        sorted: Accepted; the elements are always in falling order.

    Returns:
        Tuple of values and int32 indices.

    Raises:
        ArgumentError: If the axis is shorter than k.

    Example:
        >>> values, indices = top_k([1, 3, 2], 2)
        >>> values.tolist(), indices.tolist()
        ([3, 2], [1, 2])
    """
    x = converted(x)
    if x.shape[-1] is not None and not 0 <= k <= x.shape[-1]:
        raise ArgumentError(
            f"`k` must be from 0 to the size {x.shape[-1]} of the last axis. "
            f"Received: k={k}"
        )
    indices = _top_k(x, k=k)
    return _take_along(x, indices, axis=len(x.shape) - 1), indices


@op
def in_top_k(targets: Any, predictions: Any, k: int) -> Any:
    """Returns whether the target is among the k largest predictions.

    Args:
        targets: Integer tensor `(batch,)`.
        predictions: Tensor `(batch, classes)`.
        k: How many count.

    Returns:
        Boolean tensor `(batch,)`; false for a prediction that is not finite.

    Example:
        >>> in_top_k([1, 0], [[0.1, 0.9], [0.1, 0.9]], 1).tolist()
        [True, False]
    """
    predictions = converted(predictions)
    index = expand_dims(cast(targets, "int32"), -1)
    known = (index >= 0) & (index < predictions.shape[-1])
    at = where(known, index, 0)
    held = take_along_axis(predictions, at, axis=-1)
    larger = cast(predictions > held, "int32").sum(-1)
    return (larger < k) & (held == held)[..., 0] & known[..., 0]
