"""Finding elements: where they are, which are new, which belong in between."""

import math
from typing import Any

from kerasish.autodiff import KerasTensor, TensorSpec, nondifferentiable, op, primitive
from kerasish.autodiff.casting import as_tensor, keep
from kerasish.backends import current
from kerasish.core.dtypes import result_type
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.ops import specs
from kerasish.ops.comparison import logical_xor
from kerasish.ops.conversion import converted
from kerasish.ops.extremes import floor_divide, mod
from kerasish.ops.indexing import argsort, take
from kerasish.ops.movement import pad_axis, reshape, split
from kerasish.ops.selection import where

__all__ = [
    "argpartition",
    "diff",
    "nonzero",
    "searchsorted",
    "select",
    "unique",
    "unravel_index",
]


def _nonzero_spec(x: TensorSpec) -> tuple[TensorSpec, ...]:
    return tuple(TensorSpec((None,), "int32") for _ in x.shape)


@primitive(spec=_nonzero_spec, cast=keep)
def nonzero(x: Any) -> Any:
    """Returns the indices of the elements that are not zero.

    Args:
        x: Tensor of one axis or more.

    Returns:
        Tuple of int32 vectors, one for each axis.

    Example:
        >>> [index.tolist() for index in nonzero([[0, 1], [2, 0]])]
        [[0, 1], [1, 0]]
    """
    return tuple(current().nonzero(x))


nondifferentiable(nonzero, "is an index")


def _same_dtype(a: Any, b: Any) -> tuple[str, str]:
    common = result_type(a, b)
    return (common, common)


def _search_spec(a: TensorSpec, v: TensorSpec, side: str) -> TensorSpec:
    if len(a.shape) != 1:
        raise ShapeError(
            "`sorted_sequence` of `searchsorted` must be a vector. "
            f"Received: shape={tuple(a.shape)}"
        )
    return TensorSpec(v.shape, "int32")


@primitive(spec=_search_spec, cast=_same_dtype)
def searchsorted(sorted_sequence: Any, values: Any, side: str = "left") -> Any:
    """Returns where values would be inserted into a sorted vector.

    Args:
        sorted_sequence: Vector in rising order.
        values: Tensor.
        side: "left" to insert before equal elements, "right" to insert after them.

    Returns:
        Tensor of int32 like `values`.

    Raises:
        ShapeError: If `sorted_sequence` is no vector.
        ArgumentError: If `side` is unknown.

    Example:
        >>> searchsorted([1, 3, 5], [3, 4]).tolist()
        [1, 2]
    """
    if side not in ("left", "right"):
        raise ArgumentError(
            f"`side` of `searchsorted` must be 'left' or 'right'. Received: {side!r}"
        )
    _search_spec(sorted_sequence, values, side)
    backend = current()
    flat = backend.xp.reshape(values, (-1,))
    found = backend.xp.searchsorted(sorted_sequence, flat, side=side)
    return backend.xp.reshape(backend.cast(found, "int32"), values.shape)


nondifferentiable(searchsorted, "is an index")


@op
def argpartition(x: Any, kth: int, axis: int = -1) -> Any:
    """Returns indices that put the k-th element in its place, smaller ones before it.

    Args:
        x: Tensor.
        kth: Which place, counted from 0.
        axis: The axis.

    Returns:
        Tensor of int32; here in rising order throughout.

    Raises:
        ArgumentError: If the axis has no such place.

    Example:
        >>> argpartition([30, 10, 20], 1).tolist()
        [1, 2, 0]
    """
    x = converted(x)
    size = x.shape[specs.canonical_axis(axis, len(x.shape))]
    if size is not None:
        specs.canonical_axis(kth, size, "kth")
    return argsort(x, axis)


def _unique_spec(x: TensorSpec) -> tuple[TensorSpec, ...]:
    unknown = TensorSpec((None,), "int32")
    return unknown, TensorSpec(x.shape[:1], "int32"), unknown


@primitive(spec=_unique_spec, cast=keep)
def _unique_rows(x: Any) -> Any:
    # Column by column, rows get the rank of what was read so far.
    backend = current()
    xp = backend.xp
    rows = xp.reshape(x, (x.shape[0], -1))
    rank = xp.zeros(x.shape[0], dtype=xp.int64)
    for i in range(rows.shape[1]):
        column = xp.reshape(xp.unique_inverse(rows[:, i]).inverse_indices, (-1,))
        joined = rank * max(rows.shape[0], 1) + xp.astype(column, xp.int64)
        rank = xp.astype(xp.unique_inverse(joined).inverse_indices, xp.int64)
        rank = xp.reshape(rank, (-1,))
    found = xp.unique_all(rank)
    made = found.indices, xp.reshape(found.inverse_indices, (-1,)), found.counts
    return tuple(backend.cast(part, "int32") for part in made)


nondifferentiable(_unique_rows, "is an index")


@op
def unique(
    x: Any,
    sorted: bool = True,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    size: int | None = None,
    fill_value: Any = None,
) -> Any:
    """Returns the different elements of a tensor, in rising order.

    Args:
        x: Tensor.
        sorted: Accepted; the elements are always sorted.
        return_index: Whether to return where each stands first.
        return_inverse: Whether to return, for each element, which it is.
        return_counts: Whether to return how often each occurs.
        axis: The axis whose slices are compared; by default the tensor is taken flat.
        size: How many to return: the rest is dropped, or filled up.
        fill_value: What fills up, by default the least element.

    Returns:
        Tensor, or a tuple of it and what else was asked for.

    Example:
        >>> values, counts = unique([3, 1, 3], return_counts=True)
        >>> values.tolist(), counts.tolist()
        ([1, 3], [1, 2])
    """
    x = converted(x)
    if axis is None:
        x, axis = reshape(x, (-1,)), 0
    axis = specs.canonical_axis(axis, len(x.shape))
    order = [axis, *(i for i in range(len(x.shape)) if i != axis)]
    index, inverse, counts = _unique_rows(x.transpose(order))
    values = take(x, index, axis=axis)
    if size is not None:
        values = _sized(values, axis, size, fill_value)
        index, counts = (_sized(part, 0, size, 0) for part in (index, counts))
    wanted = (return_index, index), (return_inverse, inverse), (return_counts, counts)
    made = (values, *(part for asked, part in wanted if asked))
    return made if len(made) > 1 else values


def _sized(x: Any, axis: int, size: int, fill_value: Any) -> Any:
    count = x.shape[axis]
    if count is None:  # shapes are inferred
        shape = [size if i == axis else n for i, n in enumerate(x.shape)]
        return KerasTensor(shape, x.dtype)
    if count == size:
        return x
    if count > size:
        return split(x, [size], axis)[0]
    grown = pad_axis(x, axis=axis, before=0, after=size - count)
    fill = split(x, [1], axis)[0] if fill_value is None else fill_value
    wide = [1] * len(x.shape)
    wide[axis] = -1
    inside = reshape(as_tensor([i < count for i in range(size)]), wide)
    return where(inside, grown, converted(fill))


@op
def unravel_index(indices: Any, shape: Any) -> Any:
    """Turns indices into a flat tensor into indices along each axis.

    Args:
        indices: Integer tensor.
        shape: The tensor's shape.

    Returns:
        Tuple of integer tensors, one for each axis.

    Example:
        >>> [int(i) for i in unravel_index(5, (2, 3))]
        [1, 2]
    """
    shape = (shape,) if hasattr(shape, "__index__") else tuple(shape)
    size = math.prod(shape)
    rest = converted(indices)
    rest = where(rest < 0, rest + size, rest)
    found = []
    for n in reversed(shape):
        found.append(mod(rest, n))
        rest = floor_divide(rest, n)
    return tuple(reversed(found))


@op
def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """Chooses, at each place, by the first condition that holds.

    Args:
        condlist: List of boolean tensors.
        choicelist: List of as many tensors.
        default: What to choose where none holds.

    Returns:
        Tensor of the broadcast shape.

    Raises:
        ArgumentError: If the lists are empty or not of one length.

    Example:
        >>> x = converted([1, 2, 3])
        >>> select([x < 2, x > 2], [x, x * 10], 0).tolist()
        [1, 0, 30]
    """
    if not condlist or len(condlist) != len(choicelist):
        raise ArgumentError(
            "`select` needs as many choices as conditions, one at least. "
            f"Received: {len(condlist)} conditions, {len(choicelist)} choices"
        )
    result = default
    for condition, choice in zip(condlist[::-1], choicelist[::-1], strict=True):
        result = where(condition, choice, result)
    return result


@op
def diff(a: Any, n: int = 1, axis: int = -1) -> Any:
    """Subtracts each element from the next along an axis.

    Args:
        a: Tensor; of booleans the result says where they differ.
        n: How many times.
        axis: The axis, which becomes shorter by `n`.

    Raises:
        ArgumentError: If `n` is negative.

    Example:
        >>> diff([1, 4, 9]).tolist()
        [3, 5]
    """
    x = converted(a)
    if n < 0:
        raise ArgumentError(f"`n` of `diff` must not be negative. Received: n={n}")
    axis = specs.canonical_axis(axis, len(x.shape))
    before = (slice(None),) * axis
    for _ in range(n):
        later, sooner = x[*before, 1:], x[*before, :-1]
        x = logical_xor(later, sooner) if x.dtype == "bool" else later - sooner
    return x
