"""Convolutions to one filter or two, by a product of the images as they lie.

A kernel of few filters is a narrow matrix, over whose rows neither a product of windows
nor oneDNN is fast. Its columns for all offsets in the window, side by side, are a wider
one: that product is made of each position once, and its columns are added, each shifted
by its offset. The gradient of the kernel is the same the other way. 128 images of 28 x
28 with 32 channels and one filter of 3 x 3 take 1.0 ms forward and 0.9 back, and by
oneDNN 2.7 and 2.1.
"""

import math
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from kerasish.backends.base.backend import Array
from kerasish.backends.base.convolution import Ints, Pairs
from kerasish.backends.numpy_lowering.elementwise import ELEMENTWISE
from kerasish.backends.numpy_lowering.products import multiply
from kerasish.backends.numpy_lowering.sharing import by_images, summed_by_images
from kerasish.backends.numpy_lowering.steps import Step, as_rows, copying, in_turn

__all__ = ["FEW_FILTERS"]

MOST = 2  # filters
LEAST = 8  # channels from which the product is worth it
BLOCK = 1 << 16  # elements of the product that are made at once


def _suits(
    x: Array, filters: int, window: Ints, strides: Ints, groups: int, *others: Array
) -> bool:
    return (
        filters <= MOST
        and groups == max(strides) == 1
        and math.prod(window) > 1
        and x.shape[-1] >= LEAST
        and x.size > 0
        and x.dtype.name in ("float32", "float64")
        and x.flags.c_contiguous
        and all(x.dtype == other.dtype for other in others)
    )


def _shifts(
    sizes: Ints, out: Ints, window: Ints, padding: Pairs, dilation: Ints
) -> Iterator[tuple[tuple[slice, ...], tuple[slice, ...]]]:
    """Yields for each offset in the window where results lie, and their sources."""
    for offsets in np.ndindex(*window):
        rows = zip(offsets, sizes, out, padding, dilation, strict=True)
        places, sources = [], []
        for k, n, m, (before, _), d in rows:
            shift = k * d - before
            start, stop = max(-shift, 0), max(min(m, n - shift), 0)
            places.append(slice(start, max(stop, start)))
            sources.append(slice(start + shift, max(stop, start) + shift))
        yield (slice(None), *places), (slice(None), *sources)


def _parts(count: int, each: int) -> list[slice]:
    """Returns which images are taken at once."""
    images = max(BLOCK // max(each, 1), 1)
    return [slice(i, min(i + images, count)) for i in range(0, count, images)]


def _conv(
    x: Array,
    kernel: Array,
    out: Array,
    strides: Ints,
    padding: Pairs,
    dilation: Ints,
    groups: int,
) -> Step | None:
    window, filters = kernel.shape[:-2], kernel.shape[-1]
    if not _suits(x, filters, window, strides, groups, kernel, out):
        return None
    sizes, channels = x.shape[1:-1], x.shape[-1]
    shifts = list(_shifts(sizes, out.shape[1:-1], window, padding, dilation))
    rows = np.empty((len(shifts), filters, channels), x.dtype)
    steps: list[Step] = []
    turned = as_rows(kernel, steps).reshape(len(shifts), channels, filters)
    turned = turned.transpose(0, 2, 1)
    parts = _parts(len(x), math.prod(sizes) * len(shifts) * filters)
    memory = np.empty((rows.size // channels, parts[0].stop, *sizes), x.dtype)
    steps += [copying(rows, turned), partial(out.fill, 0)]
    for part in parts:
        count = part.stop - part.start
        made = memory[:, :count]
        given = x[part].reshape(-1, channels)
        flat = memory.reshape(len(memory), -1)[:, : len(given)]
        if count < parts[0].stop:  # the last of the images are fewer
            flat = np.empty((len(memory), len(given)), x.dtype)
            made = flat.reshape(len(memory), count, *sizes)
        steps.append(multiply(rows.reshape(-1, channels), given.T, flat))
        for i, (place, source) in enumerate(shifts):
            for f in range(filters):
                target = out[part][(*place, f)]
                added = made[i * filters + f][source]
                steps.append(partial(np.add, target, added, target))
    return in_turn(*steps)


def _conv_dense(
    x: Array,
    kernel: Array,
    bias: Array,
    out: Array,
    activation: str | None,
    strides: Ints,
    padding: Pairs,
    dilation: Ints,
    groups: int,
) -> Step | None:
    how = (strides, padding, dilation, groups)
    product = _conv(x, kernel, out, *how) if bias.dtype == x.dtype else None
    if product is None:
        return None
    steps = [product, ELEMENTWISE["add"](out, bias.reshape(-1), out)]
    if activation is not None:
        steps.append(ELEMENTWISE[activation](out, out))
    return None if None in steps else in_turn(*steps)  # type: ignore[arg-type]


def _conv_kernel(
    g: Array,
    x: Array,
    out: Array,
    shape: Ints,
    strides: Ints,
    padding: Pairs,
    dilation: Ints,
    groups: int,
) -> Step | None:
    window, filters = shape[:-2], shape[-1]
    if not _suits(x, filters, window, strides, groups, g, out):
        return None
    sizes, channels = x.shape[1:-1], x.shape[-1]
    shifts = list(_shifts(sizes, g.shape[1:-1], window, padding, dilation))
    parts = _parts(len(x), math.prod(sizes) * len(shifts) * filters)
    total = np.empty((len(shifts) * filters, channels), x.dtype)
    more = np.empty_like(total)
    steps: list[Step] = []
    held: dict[int, Array] = {}
    for n, part in enumerate(parts):
        count = part.stop - part.start
        if count not in held:  # what no copy reaches stays zero
            held[count] = np.zeros((len(total), count, *sizes), x.dtype)
        rows = held[count]
        for i, (place, source) in enumerate(shifts):
            for f in range(filters):
                given = g[part][(*place, f)]
                steps.append(copying(rows[i * filters + f][source], given))
        given = x[part].reshape(-1, channels)
        flat = rows.reshape(len(total), -1)
        steps.append(multiply(flat, given, more if n else total))
        if n:
            steps.append(partial(np.add, total, more, total))
    turned = total.reshape(len(shifts), filters, channels).transpose(0, 2, 1)
    steps.append(copying(out.reshape(turned.shape), turned))
    return in_turn(*steps) if out.flags.c_contiguous else None


# Name -> function of operands, results and static arguments that binds them; it returns
# None where there are more filters, or it does not suit otherwise.
FEW_FILTERS: dict[str, Callable[..., Step | None]] = {
    "_conv": by_images(_conv, 0, 2),
    "_conv_kernel": summed_by_images(_conv_kernel, 0, 1),
    "conv_dense": by_images(_conv_dense, 0, 3),
}
