"""Reducing the rows of a tensor by segments: rows of one number go together."""

import math
from collections.abc import Callable
from typing import Any

from kerasish.autodiff import is_keras_tensor, op
from kerasish.backends import current
from kerasish.core.errors import ShapeError
from kerasish.ops.arithmetic import multiply
from kerasish.ops.conversion import cast, converted
from kerasish.ops.creation import arange
from kerasish.ops.extremes import maximum, minimum
from kerasish.ops.guards import in_range
from kerasish.ops.indexing import _added, _integers, argsort, take
from kerasish.ops.movement import reshape
from kerasish.ops.searching import searchsorted
from kerasish.ops.selection import where

__all__ = ["segment_max", "segment_min", "segment_prod", "segment_sum"]


def _read(data: Any, ids: Any, count: Any, name: str) -> tuple[Any, Any, Any]:
    data, ids = converted(data), _integers(ids)
    fits = len(ids.shape) == 1 and len(data.shape) > 0
    if not fits or None not in (n := (ids.shape[0], data.shape[0])) and n[0] != n[1]:
        raise ShapeError(
            f"`segment_ids` of `{name}` must be a vector with a number for each row "
            f"of `data`. Received shapes: data {tuple(data.shape)}, segment_ids "
            f"{tuple(ids.shape)}"
        )
    if is_keras_tensor(ids):
        return data, ids, count
    if count is None:
        count = int(ids.max()) + 1 if ids.shape[0] else 0
    what = f"`segment_ids` of `{name}`"
    return data, in_range(ids, 0, int(count) - 1, what), int(count)


@op
def segment_sum(
    data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False
) -> Any:
    """Sums the rows of each segment.

    Args:
        data: Tensor `(rows, ...)`.
        segment_ids: Integer vector: the segment of each row.
        num_segments: How many segments, by default up to the largest number.
        sorted: Accepted; it makes no difference.

    Returns:
        Tensor `(num_segments, ...)`; zero where a segment has no rows.

    Raises:
        ArgumentError: If a number is out of range.

    Example:
        >>> segment_sum([1.0, 2.0, 3.0], [0, 2, 0]).tolist()
        [4.0, 0.0, 2.0]
    """
    data, ids, count = _read(data, segment_ids, num_segments, "segment_sum")
    return _added(data, ids, axis=0, size=count)


def _segment_reduce(
    data: Any, ids: Any, count: Any, combine: Callable[..., Any], empty: Any
) -> Any:
    # Rows are sorted by segment and combined with the one 1, 2, 4, ... rows before:
    # then the last row of a segment holds all of it. Made of operations, so that
    # derivatives come by themselves, also where a factor is zero.
    order = argsort(ids)
    ids, x = take(ids, order), take(data, order, axis=0)
    rows = x.shape[0]
    wide = (-1,) + (1,) * (len(x.shape) - 1)
    here: Any = arange(rows or 0, dtype="int32")
    step = 1
    while rows is not None and step < rows:
        before = maximum(here - step, 0)
        joins = (take(ids, before) == ids) & (here >= step)
        merged = combine(take(x, before, axis=0), x)
        x = where(reshape(joins, wide), merged, x)
        step *= 2
    places: Any = arange(0 if count is None else count, dtype="int32")
    fill = cast(empty, x.dtype)
    if rows == 0:
        return where(reshape(places < 0, wide), 0, fill) + _added(
            x, ids, axis=0, size=count
        )
    last = searchsorted(ids, places, side="right") - 1
    at = maximum(last, 0)
    held = (last >= 0) & (take(ids, at) == places)
    return where(reshape(held, wide), take(x, at, axis=0), fill)


def _extreme(dtype: str, largest: bool) -> Any:
    if dtype == "bool":
        return largest
    if "float" in dtype:
        return math.inf if largest else -math.inf
    return current().range_of(dtype)[1 if largest else 0]


@op
def segment_max(
    data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False
) -> Any:
    """Returns the largest of the rows of each segment, element by element.

    Args:
        data: Tensor `(rows, ...)`.
        segment_ids: Integer vector: the segment of each row.
        num_segments: How many segments, by default up to the largest number.
        sorted: Accepted; it makes no difference.

    Returns:
        Tensor `(num_segments, ...)`; `-inf`, or the least integer, where a segment
        has no rows.

    Example:
        >>> segment_max([1.0, 2.0, 3.0], [0, 1, 0]).tolist()
        [3.0, 2.0]
    """
    data, ids, count = _read(data, segment_ids, num_segments, "segment_max")
    return _segment_reduce(data, ids, count, maximum, _extreme(data.dtype, False))


@op
def segment_min(
    data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False
) -> Any:
    """Returns the smallest of the rows of each segment, element by element.

    Args:
        data: Tensor `(rows, ...)`.
        segment_ids: Integer vector: the segment of each row.
        num_segments: How many segments, by default up to the largest number.
        sorted: Accepted; it makes no difference.

    Returns:
        Tensor `(num_segments, ...)`; `inf`, or the largest integer, where a segment
        has no rows.

    Example:
        >>> segment_min([1.0, 2.0, 3.0], [0, 1, 0]).tolist()
        [1.0, 2.0]
    """
    data, ids, count = _read(data, segment_ids, num_segments, "segment_min")
    return _segment_reduce(data, ids, count, minimum, _extreme(data.dtype, True))


@op
def segment_prod(
    data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False
) -> Any:
    """Multiplies the rows of each segment.

    Args:
        data: Tensor `(rows, ...)`.
        segment_ids: Integer vector: the segment of each row.
        num_segments: How many segments, by default up to the largest number.
        sorted: Accepted; it makes no difference.

    Returns:
        Tensor `(num_segments, ...)`; one where a segment has no rows.

    Example:
        >>> segment_prod([1.0, 2.0, 3.0], [0, 1, 0]).tolist()
        [3.0, 2.0]
    """
    data, ids, count = _read(data, segment_ids, num_segments, "segment_prod")
    return _segment_reduce(data, ids, count, multiply, 1)
