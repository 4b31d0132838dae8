"""Gathering and scattering by index, and moving elements as they are."""

from collections.abc import Callable
from functools import partial
from math import gcd, prod
from typing import Any

import numpy as np

from kerasish.backends.base.backend import Array
from kerasish.backends.cuda import device
from kerasish.backends.cuda.kernels import bind
from kerasish.backends.cuda.moving import bind_move, in_order

__all__ = ["INDEXING"]

# Negative indices count from the end; nothing is read or written beyond an axis. Those
# out of range are refused before.
INDEX = """\
  int64 k = indices[{at}];
  k = k < 0 ? k + @size@ : k;
  const bool inside = k >= 0 && k < @size@;
"""
TAKE = (
    """\
  constexpr int LANES = @lanes@;
  const index a = t % (@inner@ / LANES) * LANES, rest = t / (@inner@ / LANES);
  const index i = rest % @count@, b = rest / @count@;
"""
    + INDEX.format(at="i")
    + """\
  Pack<@dtype@, LANES> made = {};
  const index at = (b * @size@ + (index)k) * @inner@ + a;
  if (inside) made = take<LANES>(from, at, at + LANES);
  put<LANES>(to, t * LANES, t * LANES + LANES, made);
"""
)
TAKE_ALONG = (
    "  const index a = t % @inner@, b = t / (@inner@ * @count@);\n"
    + INDEX.format(at="t")
    + "  to[t] = inside ? from[(b * @size@ + (index)k) * @inner@ + a] : @dtype@();\n"
)
PAD = """\
  constexpr int LANES = @lanes@;
  const index a = t % (@inner@ / LANES) * LANES, rest = t / (@inner@ / LANES);
  const index i = rest % @count@ - @before@, b = rest / @count@;
  const index at = (b * @size@ + i) * @inner@ + a;
  Pack<@dtype@, LANES> made = {};
  if (i >= 0 && i < @size@) made = take<LANES>(from, at, at + LANES);
  put<LANES>(to, t * LANES, t * LANES + LANES, made);
"""
ADD = (
    """\
  const index a = t % @inner@, rest = t / @inner@;
  const index i = rest % @count@, b = rest / @count@;
"""
    + INDEX.format(at="i")
    + """\
  if (inside) atomicAdd(to + (b * @size@ + (index)k) * @inner@ + a, from[t]);
"""
)
ADDED = ("float32", "float64", "int32", "uint32", "uint64")


def _take(x: Array, indices: Array, out: Array, axis: int) -> device.Step | None:
    if x.dtype != out.dtype or x.dtype.kind == "c":
        return None
    inner = prod(x.shape[axis + 1 :])
    lanes = gcd(inner, 16 // x.dtype.itemsize)
    return bind(
        out.size // lanes,
        [("from", x), ("indices", indices), ("to", out)],
        TAKE,
        lanes=lanes,
        inner=inner,
        count=indices.size,
        size=x.shape[axis],
        dtype=x.dtype.name,
    )


def _take_along(x: Array, indices: Array, out: Array, axis: int) -> device.Step | None:
    sizes = [n for i, n in enumerate(x.shape) if i != axis]
    if sizes != [n for i, n in enumerate(indices.shape) if i != axis]:
        return None
    if x.dtype != out.dtype or x.dtype.kind == "c":
        return None
    return bind(
        out.size,
        [("from", x), ("indices", indices), ("to", out)],
        TAKE_ALONG,
        inner=prod(x.shape[axis + 1 :]),
        count=indices.shape[axis],
        size=x.shape[axis],
        dtype=x.dtype.name,
    )


def _scatter_add(
    updates: Array, indices: Array, out: Array, axis: int, size: int
) -> device.Step | None:
    """Adds in any order: sums of floats may differ in their last bits between runs."""
    if updates.dtype != out.dtype or out.dtype.name not in ADDED:
        return None
    add = bind(
        updates.size,
        [("from", updates), ("indices", indices), ("to", out)],
        ADD,
        inner=prod(out.shape[axis + 1 :]),
        count=indices.size,
        size=size,
    )
    return device.in_turn(partial(out.fill, 0), add)


def _get_item(x: Array, out: Array, key: Any) -> device.Step | None:
    return None if _has_arrays(key) else device.copying(out, _view(x, key))


def _put_item(g: Array, out: Array, key: Any, shape: Any) -> device.Step | None:
    if _has_arrays(key):
        return None
    return device.in_turn(partial(out.fill, 0), device.copying(_view(out, key), g))


def _view(x: Array, key: Any) -> Array:
    parts = key if isinstance(key, tuple) else (key,)
    return x[parts if any(k is Ellipsis for k in parts) else (*parts, ...)]


def _has_arrays(key: Any) -> bool:
    parts = key if isinstance(key, tuple) else (key,)
    return any(isinstance(k, np.ndarray | list) for k in parts)


def _part(x: Array, axis: int, start: int, stop: int) -> Array:
    return x[(slice(None),) * axis + (slice(start, stop), ...)]


def _pad_axis(
    x: Array, out: Array, axis: int, before: int, after: int
) -> device.Step | None:
    if x.dtype != out.dtype or x.dtype.kind == "c":
        return None
    inner = prod(x.shape[axis + 1 :])
    lanes = gcd(inner, 16 // x.dtype.itemsize)
    return bind(
        out.size // lanes,
        [("from", x), ("to", out)],
        PAD,
        lanes=lanes,
        inner=inner,
        count=out.shape[axis],
        size=x.shape[axis],
        before=before,
        dtype=x.dtype.name,
    )


def _concatenate(*arrays: Array, axis: int) -> device.Step:
    *inputs, out = arrays
    steps, start = [], 0
    for x in inputs:
        stop = start + x.shape[axis]
        steps.append(device.copying(_part(out, axis, start, stop), x))
        start = stop
    return device.in_turn(*steps)


def _reshape(x: Array, out: Array, **static: Any) -> device.Step | None:
    # Where the result is no view: its elements are those of `x` in order.
    return bind_move(out.reshape(x.shape), x) if out.flags.c_contiguous else None


def _flip(x: Array, out: Array, axes: Any) -> device.Step:
    turned = tuple(slice(None, None, -1 if i in axes else None) for i in range(x.ndim))
    return device.copying(out, x[turned])


INDEXING: dict[str, Callable[..., Any]] = {
    "_concatenate": _concatenate,
    "_flip": _flip,
    "_get_item": _get_item,
    "_put_item": _put_item,
    "_reshape": _reshape,
    "_reshaped": _reshape,
    "_scatter_add": in_order(_scatter_add),
    "_slice": lambda x, out, axis, start, stop: device.copying(
        out, _part(x, axis, start, stop)
    ),
    "_take": in_order(_take),
    "_take_along": in_order(_take_along),
    "_transpose": lambda x, out, axes: bind_move(out, x.transpose(axes)),
    "_weigh": lambda w, x, out, size: in_order(_scatter_add)(
        w, x, out, axis=0, size=size
    ),
    "pad_axis": in_order(_pad_axis),
}
