"""Steps that move elements: gathering, scattering, joining, padding, turning."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from kerasish.backends.base.backend import Array
from kerasish.backends.llvm.chain import has_llvm
from kerasish.backends.llvm.rows import bind_row_sums
from kerasish.backends.numpy_lowering.steps import Step, as_rows, copying, in_turn

__all__ = ["INDEXING"]


def _take(x: Array, indices: Array, out: Array, axis: int) -> Step | None:
    if not x.size or not out.flags.c_contiguous:
        return None
    steps: list[Step] = []
    x, wide = as_rows(x, steps), _wide(indices, steps)
    # Those that are out of range were refused before: "raise" would take a buffer.
    return in_turn(*steps, partial(x.take, wide, axis, out, "wrap"))


def _wide(indices: Array, steps: list[Step]) -> Array:
    """Returns indices of the dtype that NumPy would convert them to each time."""
    if indices.dtype == np.intp and indices.flags.c_contiguous:
        return indices
    wide = np.empty(indices.shape, np.intp)
    steps.append(copying(wide, indices))
    return wide


def _take_along(x: Array, indices: Array, out: Array, axis: int) -> Step | None:
    before, after = x.shape[:axis], x.shape[axis + 1 :]
    if indices.shape != (*before, indices.shape[axis], *after) or not x.size:
        return None
    first = np.arange(x.size).reshape(x.shape)[(slice(None),) * axis + (slice(0, 1),)]
    steps: list[Step] = []
    x, places = as_rows(x, steps), np.empty(indices.shape, np.intp)
    stride, own = np.asarray(math.prod(after)), np.empty_like(places)
    own[...] = first
    return in_turn(
        *steps,
        copying(places, indices),
        partial(np.multiply, places, stride, places),
        partial(np.add, places, own, places),
        partial(x.take, places, None, out, "wrap"),
    )


def _scatter_add(
    updates: Array, indices: Array, out: Array, axis: int, size: int
) -> Step | None:
    if axis or not out.flags.c_contiguous or not updates.size:
        return None
    steps: list[Step] = [partial(out.fill, 0)]
    updates, width = as_rows(updates, steps), math.prod(out.shape[1:])
    # One flat index for each element: NumPy adds at those in a plain loop.
    places = np.empty((*indices.shape, width), np.intp)
    stride, columns = np.asarray(width), np.empty_like(places)
    columns[...] = np.arange(width)
    return in_turn(
        *steps,
        copying(places, indices[..., None]),
        partial(np.multiply, places, stride, places),
        partial(np.add, places, columns, places),
        _adding(out, places, updates),
    )


def _sum_rows(
    values: Array, ids: Array, sums: Array, slots: Array, size: int
) -> Step | None:
    if not has_llvm():
        return None
    # In the order of memory, whatever the order of the axes: a sum has none.
    order = sorted(range(ids.ndim), key=lambda axis: -values.strides[axis])
    values, ids = values.transpose(*order, ids.ndim), ids.transpose(order)
    steps: list[Step] = []
    values = as_rows(values, steps)
    summed = bind_row_sums(as_rows(ids, steps), values, sums, slots)
    return None if summed is None else in_turn(*steps, summed)


def _adding(out: Array, places: Array, updates: Array) -> Step:
    return partial(np.add.at, out.reshape(-1), places.reshape(-1), updates.reshape(-1))


def _get_item(x: Array, out: Array, key: Any) -> Step | None:
    if not _has_arrays(key):
        return copying(out, _view(x, key))
    if not x.size:
        return None
    steps: list[Step] = []
    x, places = as_rows(x, steps), np.arange(x.size).reshape(x.shape)[key]
    return in_turn(*steps, partial(x.take, places, None, out, "wrap"))


def _put_item(g: Array, out: Array, key: Any, shape: Any) -> Step | None:
    start = partial(out.fill, 0)
    if not _has_arrays(key):
        return in_turn(start, copying(_view(out, key), g))
    steps: list[Step] = [start]
    g, places = as_rows(g, steps), np.arange(out.size).reshape(shape)[key]
    return in_turn(*steps, _adding(out, places, g))


def _view(x: Array, key: Any) -> Array:
    parts = key if isinstance(key, tuple) else (key,)
    return x[parts if any(k is Ellipsis for k in parts) else (*parts, ...)]


def _has_arrays(key: Any) -> bool:
    parts = key if isinstance(key, tuple) else (key,)
    return any(isinstance(k, np.ndarray | list) for k in parts)


def _slice(x: Array, out: Array, axis: int, start: int, stop: int) -> Step:
    return copying(out, x[(slice(None),) * axis + (slice(start, stop), ...)])


def _pad_axis(x: Array, out: Array, axis: int, before: int, after: int) -> Step:
    def part(start: int, stop: int) -> Array:
        return out[(slice(None),) * axis + (slice(start, stop), ...)]

    size, end = x.shape[axis], out.shape[axis]
    steps = [copying(part(before, before + size), x)]
    zero = np.zeros((), x.dtype)
    if before:
        steps.append(partial(np.copyto, part(0, before), zero))
    if after:
        steps.append(partial(np.copyto, part(end - after, end), zero))
    return in_turn(*steps)


def _concatenate(*arrays: Array, axis: int) -> Step:
    *inputs, out = arrays
    return partial(np.concatenate, inputs, axis, out)


def _reshape(x: Array, out: Array, **static: Any) -> Step:
    # Where the result is no view: its elements are those of `x` in order.
    return copying(out.reshape(x.shape), x)


def _broadcast(x: Array, out: Array, shape: Any) -> Step:
    return copying(out, x)


def _like(x: Array, value: Array, out: Array) -> Step:
    return copying(out, value)


def _transpose(x: Array, out: Array, axes: Any) -> Step:
    return copying(out, x.transpose(axes))


def _flip(x: Array, out: Array, axes: Any) -> Step:
    return copying(out, np.flip(x, axes))


def _complement(q: Array, full: Array, out: Array) -> Step:
    return copying(out, full[..., q.shape[-1] :])


INDEXING: dict[str, Callable[..., Step | None]] = {
    "_complement": _complement,
    "_concatenate": _concatenate,
    "_flip": _flip,
    "_get_item": _get_item,
    "_imag": lambda x, out: copying(out, x.imag),
    "_like": _like,
    "_put_item": _put_item,
    "_real": lambda x, out: copying(out, x.real),
    "_reshape": _reshape,
    "_reshaped": _reshape,
    "_scatter_add": _scatter_add,
    "_sum_rows": _sum_rows,
    "_slice": _slice,
    "_stop_gradient": lambda x, out: copying(out, x),
    "_take": _take,
    "_take_along": _take_along,
    "_transpose": _transpose,
    "_weigh": lambda w, x, out, size: _scatter_add(w, x, out, 0, size),
    "broadcast_to": _broadcast,
    "pad_axis": _pad_axis,
}
