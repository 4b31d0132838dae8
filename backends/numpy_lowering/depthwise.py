"""Convolutions of each channel on its own, by products of shifted views.

A group of one channel is a product of vectors, for which a call of BLAS does not pay.
In its place the images, shifted by each offset in the window, are multiplied with a row
of the kernel, some images at a time.
"""

import math
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from kerasish.backends.base.backend import Array
from kerasish.backends.base.convolution import Ints, Pairs, padded_sizes, window_places
from kerasish.backends.numpy_lowering.sharing import by_images, summed_by_images
from kerasish.backends.numpy_lowering.steps import Step, as_rows, copying, in_turn
from kerasish.backends.numpy_lowering.windows import inside

__all__ = ["DEPTHWISE"]

BLOCK = 1 << 15  # elements of the images that are taken at once


def _suits(groups: int, channels: int, *arrays: Array) -> bool:
    """Returns whether each of several channels is a group."""
    first = arrays[0]
    alike = all(x.dtype == first.dtype and x.size for x in arrays)
    return alike and groups == channels > 1 and first.dtype.kind == "f"


class _Taken:
    """Some images at a time, and their views at each offset in the window.

    Args:
        x: The images, or memory for them.
        out: Positions of the windows.
        window: Its size along each axis.
        strides: Steps of the window.
        padding: Zeros before and after each spatial axis.
        dilation: Distances within the window.
    """

    def __init__(
        self,
        x: Array,
        out: Ints,
        window: Ints,
        strides: Ints,
        padding: Pairs,
        dilation: Ints,
    ) -> None:
        self.x = x
        self.count = min(max(BLOCK // math.prod(x.shape[1:]), 1), len(x))
        sizes = padded_sizes(x.shape[1:-1], padding)
        frame = np.zeros((self.count, *sizes, x.shape[-1]), x.dtype)
        self.frame, self.inner = frame, inside(frame, padding)
        places = window_places(window, strides, dilation, out)
        self._views = [frame[(slice(None), *place)] for place in places]
        self.made = np.empty((self.count, *out, x.shape[-1]), x.dtype)

    def parts(self) -> Iterator[tuple[slice, Array, list[Array], Array]]:
        """Yields which images, where they are in the frame, views, and memory."""
        for start in range(0, len(self.x), self.count):
            part = slice(start, min(start + self.count, len(self.x)))
            n = part.stop - start
            yield part, self.inner[:n], [v[:n] for v in self._views], self.made[:n]


class _Kernel:
    """Rows of the kernel by offset in the window, as wide as images are.

    Args:
        kernel: `(*window, 1, channels * multiplier)`.
        channels: How many there are.
        width: Positions along the last axis of what the rows are multiplied with.
    """

    def __init__(self, kernel: Array, channels: int, width: int) -> None:
        steps: list[Step] = []
        each = kernel.shape[-1] // channels
        rows = as_rows(kernel, steps).reshape(-1, channels, each).transpose(2, 0, 1)
        self.rows = np.empty((*rows.shape[:2], width, channels), kernel.dtype)
        self.step = in_turn(*steps, copying(self.rows, rows[:, :, None]))


def _conv(
    x: Array,
    kernel: Array,
    out: Array,
    strides: Ints,
    padding: Pairs,
    dilation: Ints,
    groups: int,
) -> Step | None:
    channels = x.shape[-1]
    if not _suits(groups, channels, x, kernel, out):
        return None
    how = (kernel.shape[:-2], strides, padding, dilation)
    taken = _Taken(x, out.shape[1:-1], *how)
    given = _Kernel(kernel, channels, out.shape[-2])
    total = np.empty_like(taken.made)
    steps = [given.step]
    for part, inner, views, made in taken.parts():
        steps.append(copying(inner, x[part]))
        for i, rows in enumerate(given.rows):
            added = total[: len(made)]
            steps.append(partial(np.multiply, views[0], rows[0], added))
            for view, row in zip(views[1:], rows[1:], strict=True):
                steps.append(partial(np.multiply, view, row, made))
                steps.append(partial(np.add, added, made, added))
            steps.append(copying(out[part][..., i :: len(given.rows)], added))
    return in_turn(*steps)


def _conv_input(
    g: Array,
    kernel: Array,
    out: Array,
    shape: Ints,
    strides: Ints,
    padding: Pairs,
    dilation: Ints,
    groups: int,
) -> Step | None:
    channels = out.shape[-1]
    if not _suits(groups, channels, g, kernel, out):
        return None
    how = (kernel.shape[:-2], strides, padding, dilation)
    taken = _Taken(out, g.shape[1:-1], *how)
    given = _Kernel(kernel, channels, g.shape[-2])
    steps = [given.step]
    for part, inner, views, made in taken.parts():
        frame = taken.frame[: len(made)]
        steps.append(partial(np.copyto, frame, np.zeros((), out.dtype)))
        for i, rows in enumerate(given.rows):
            source = g[part][..., i :: len(given.rows)]
            for view, row in zip(views, rows, strict=True):
                steps.append(partial(np.multiply, source, row, made))
                steps.append(partial(np.add, view, made, view))
        steps.append(copying(out[part], inner))
    return in_turn(*steps)


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
    channels = x.shape[-1]
    if not _suits(groups, channels, g, x, out):
        return None
    taken = _Taken(x, g.shape[1:-1], shape[:-2], strides, padding, dilation)
    parts, each = list(taken.parts()), shape[-1] // channels
    count = math.prod(shape[:-2])
    sums = np.empty((len(parts), count, channels, each), x.dtype)
    row = np.empty(channels, x.dtype)
    ones = np.ones(taken.made.size // channels, x.dtype)
    steps: list[Step] = []
    for n, (part, inner, views, made) in enumerate(parts):
        steps.append(copying(inner, x[part]))
        flat = made.reshape(-1, channels)
        for i in range(each):
            source = g[part][..., i::each]
            for k, view in enumerate(views):
                steps.append(partial(np.multiply, view, source, made))
                steps.append(partial(np.dot, ones[: len(flat)], flat, row))
                steps.append(copying(sums[n, k, :, i], row))
    total = np.empty(sums.shape[1:], x.dtype)
    steps.append(partial(np.add.reduce, sums, 0, None, total))
    return in_turn(*steps, copying(out, total.reshape(out.shape)))


# Name -> function of operands, results and static arguments that binds them; it returns
# None where a group has several channels, or it does not suit otherwise.
DEPTHWISE: dict[str, Callable[..., Step | None]] = {
    "_conv": by_images(_conv, 0, 2),
    "_conv_input": by_images(_conv_input, 0, 2),
    "_conv_kernel": summed_by_images(_conv_kernel, 0, 1),
}
