"""Writing slices and elements into tensors."""

import builtins
import math
from typing import Any

from kerasish.autodiff import op
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.ops.arithmetic import add, multiply
from kerasish.ops.conversion import cast, converted
from kerasish.ops.creation import arange
from kerasish.ops.extremes import maximum, minimum
from kerasish.ops.indexing import (
    _added,
    _from_start,
    _integers,
    _put_item,
    _wide,
    argsort,
    take,
)
from kerasish.ops.movement import reshape
from kerasish.ops.searching import searchsorted
from kerasish.ops.segments import segment_max, segment_min, segment_prod
from kerasish.ops.selection import where

__all__ = ["scatter", "scatter_update", "slice", "slice_update"]

REDUCTIONS = (None, "add", "max", "min", "mul")


def _flat_places(
    indices: Any, shape: Any, name: str
) -> tuple[Any, int, tuple[Any, ...]]:
    """Returns flat indices, the number of slices, and the slices' shape."""
    indices = _integers(indices)
    depth = indices.shape[-1] if len(indices.shape) == 2 else None
    if depth is None or depth > len(shape):
        raise ShapeError(
            f"`indices` of `{name}` must have the shape (updates, axes), with an index "
            f"for each axis of {tuple(shape)} or for its first ones. "
            f"Received: indices of shape {tuple(indices.shape)}"
        )
    flat: Any = 0
    for i, size in enumerate(shape[:depth]):
        column = _from_start(_wide(indices[:, i]), size=size)
        flat = add(multiply(flat, size), column)
    return cast(flat, "int32"), math.prod(shape[:depth]), tuple(shape[depth:])


@op
def scatter(indices: Any, values: Any, shape: Any) -> Any:
    """Returns zeros of a shape to which values are added at indices.

    Args:
        indices: Integer tensor `(updates, axes)`.
        values: Tensor `(updates, ...)`; those of one index add up.
        shape: The shape of the result.

    Returns:
        Tensor of the dtype of `values`.

    Raises:
        ShapeError: If the shapes do not fit.
        ArgumentError: If an index is out of range.

    Example:
        >>> scatter([[0], [2], [0]], [1.0, 5.0, 2.0], (4,)).tolist()
        [3.0, 0.0, 5.0, 0.0]
    """
    values, shape = converted(values), tuple(shape)
    flat, size, kept = _flat_places(indices, shape, "scatter")
    _check_updates(values, flat, kept, "scatter")
    return reshape(_added(values, flat, axis=0, size=size), shape)


def _check_updates(values: Any, flat: Any, kept: Any, name: str) -> None:
    wanted = (flat.shape[0], *kept)
    fits = len(values.shape) == len(wanted) and all(
        None in (n, m) or n == m for n, m in zip(values.shape, wanted, strict=True)
    )
    if not fits:
        raise ShapeError(
            f"The values of `{name}` must have the shape {wanted}. "
            f"Received: {tuple(values.shape)}"
        )


@op
def scatter_update(
    inputs: Any, indices: Any, updates: Any, reduction: str | None = None
) -> Any:
    """Returns a tensor with values written at indices.

    Args:
        inputs: Tensor.
        indices: Integer tensor `(updates, axes)`.
        updates: Tensor `(updates, ...)`.
        reduction: None to replace (the last one wins), "add", "max", "min", "mul" to
            combine with what is there.

    Returns:
        Tensor like `inputs`.

    Raises:
        ShapeError: If the shapes do not fit.
        ArgumentError: If an index is out of range, or `reduction` unknown.

    Example:
        >>> scatter_update([1.0, 2.0, 3.0], [[0], [2]], [9.0, 8.0]).tolist()
        [9.0, 2.0, 8.0]
    """
    if reduction not in REDUCTIONS:
        raise ArgumentError(
            f"`reduction` of `scatter_update` must be one of {REDUCTIONS}. "
            f"Received: reduction={reduction!r}"
        )
    inputs = converted(inputs)
    updates = cast(updates, inputs.dtype)
    shape = tuple(inputs.shape)
    if None in shape:
        return inputs  # only reached while shapes are inferred
    flat, size, kept = _flat_places(indices, shape, "scatter_update")
    _check_updates(updates, flat, kept, "scatter_update")
    rows = reshape(inputs, (size, *kept))
    if reduction == "add":
        made = add(rows, _added(updates, flat, axis=0, size=size))
    elif reduction is None:
        made = _replaced(rows, flat, updates)
    else:
        made = _combined(rows, flat, updates, reduction)
    return reshape(made, shape)


def _replaced(rows: Any, flat: Any, updates: Any) -> Any:
    # For each row its last update: a stable sort puts it before the next row's first.
    size, count = rows.shape[0], flat.shape[0]
    if not count:
        return rows
    order = argsort(flat)
    places = arange(size, dtype="int32")
    last = maximum(searchsorted(take(flat, order), places, side="right") - 1, 0)
    winner = take(order, last)
    hit = reshape(take(flat, winner) == places, (size,) + (1,) * (len(rows.shape) - 1))
    return where(hit, take(updates, winner, axis=0), rows)


def _combined(rows: Any, flat: Any, updates: Any, reduction: str) -> Any:
    size = rows.shape[0]
    if reduction == "mul":
        return multiply(rows, segment_prod(updates, flat, size))
    if reduction == "max":
        return maximum(rows, segment_max(updates, flat, size))
    return minimum(rows, segment_min(updates, flat, size))


@op
def slice(inputs: Any, start_indices: Any, shape: Any) -> Any:
    """Cuts a block out of a tensor.

    Args:
        inputs: Tensor.
        start_indices: Where the block begins on each axis.
        shape: The block's shape; -1 for all that is left of an axis.

    Returns:
        Tensor of that shape.

    Raises:
        ArgumentError: If the block does not lie inside.

    Example:
        >>> slice([[1, 2, 3], [4, 5, 6]], (0, 1), (2, 2)).tolist()
        [[2, 3], [5, 6]]
    """
    x = converted(inputs)
    return x[_block(x.shape, start_indices, shape, "slice")]


def _block(whole: Any, starts: Any, shape: Any, name: str) -> tuple[Any, ...]:
    starts = [int(n) for n in starts]
    if not len(whole) == len(starts) == len(shape):
        raise ShapeError(
            f"`{name}` needs a start and a size for each of {len(whole)} axes. "
            f"Received: start_indices={starts}, shape={tuple(shape)}"
        )
    key = []
    for size, start, length in zip(whole, starts, shape, strict=True):
        stop = None if length in (-1, None) else start + int(length)
        inside = size is None or 0 <= start <= (start if stop is None else stop) <= size
        if not inside:
            raise ArgumentError(
                f"The block of `{name}` must lie inside the tensor's shape "
                f"{tuple(whole)}. Received: start_indices={starts}, "
                f"shape={tuple(shape)}"
            )
        key.append(builtins.slice(start, stop))
    return tuple(key)


@op
def slice_update(inputs: Any, start_indices: Any, updates: Any) -> Any:
    """Returns a tensor with a block written into it.

    Args:
        inputs: Tensor.
        start_indices: Where the block begins on each axis.
        updates: The block, a tensor of as many axes.

    Returns:
        Tensor like `inputs`.

    Raises:
        ArgumentError: If the block does not lie inside.

    Example:
        >>> slice_update([1, 2, 3], [1], [9, 8]).tolist()
        [1, 9, 8]
    """
    x = converted(inputs)
    updates = cast(updates, x.dtype)
    key = _block(x.shape, start_indices, updates.shape, "slice_update")
    if None in x.shape or None in updates.shape:
        return x  # only reached while shapes are inferred
    put = _put_item(updates, key=key, shape=tuple(x.shape))
    ones = multiply(cast(arange(math.prod(updates.shape)), "int32"), 0) + 1
    hit = _put_item(reshape(ones, updates.shape), key=key, shape=tuple(x.shape))
    return where(hit > 0, put, x)
