"""Steps of convolution, channels last: windows are views of the images.

A view with an axis for each offset in the window is copied into rows in one call and
multiplied, some images at a time, so that the rows stay in the cache.
"""

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from kerasish.backends.base.backend import Array
from kerasish.backends.base.convolution import (
    Ints,
    Pairs,
    output_sizes,
    padded_sizes,
    window_places,
)
from kerasish.backends.numpy_lowering.products import multiply
from kerasish.backends.numpy_lowering.steps import (
    Step,
    as_dtype,
    as_rows,
    copying,
    in_turn,
)

__all__ = ["CONVOLUTIONS", "inside", "windows_of"]

ROWS = 1 << 18  # elements of the rows that are gathered at once
FEW = 1024  # elements for which the overhead of a call counts
RUN = 8  # elements side by side that are copied as fast as any


def windows_of(x: Array, window: Ints, strides: Ints, dilation: Ints) -> Array:
    """Returns the view `(batch, *positions, *window, channels)` of images.

    Args:
        x: Images `(batch, *spatial, channels)`.
        window: Its size along each axis.
        strides: Steps of the window.
        dilation: Distances within the window.
    """
    out = output_sizes(x.shape[1:-1], window, strides, dilation)
    first, *steps, last = x.strides
    moves = [n * s for n, s in zip(steps, strides, strict=True)]
    inside = [n * d for n, d in zip(steps, dilation, strict=True)]
    shape = (x.shape[0], *out, *window, x.shape[-1])
    return as_strided(x, shape, (first, *moves, *inside, last))


class _Rows:
    """Windows of images as rows of a matrix, some images at a time.

    Args:
        x: The images.
        window: Its size along each axis.
        strides: Steps of the window.
        dilation: Distances within the window.
    """

    def __init__(
        self, x: Array, window: Ints, strides: Ints, padding: Pairs, dilation: Ints
    ) -> None:
        self._x, self._window = x, window
        sizes = padded_sizes(x.shape[1:-1], padding)
        out = output_sizes(sizes, window, strides, dilation)
        self.each = math.prod(out)  # rows of an image
        self.width = math.prod(window) * x.shape[-1]
        self.images = min(max(ROWS // max(self.each * self.width, 1), 1), len(x))
        self._is_matrix = self.width == x.shape[-1] and x.flags.c_contiguous
        self._is_matrix &= out == x.shape[1:-1]
        self._inner = None
        if any(map(any, padding)):
            frame = np.zeros((self.images, *sizes, x.shape[-1]), x.dtype)
            self._inner = inside(frame, padding)
            x = frame
        self._view = windows_of(x, window, strides, dilation)
        if not self._is_matrix:
            self._memory = np.empty(self.images * self.each * self.width, x.dtype)

    def parts(self) -> list[slice]:
        """Returns which images are gathered together."""
        count = len(self._x)
        if self._is_matrix:
            return [slice(0, count)]
        starts = range(0, count, self.images)
        return [slice(i, min(i + self.images, count)) for i in starts]

    def part(self, images: slice, steps: list[Step]) -> Array:
        """Returns the rows of some images, which a step gathers where it must."""
        count = images.stop - images.start
        shape = (count * self.each, self.width)
        if self._is_matrix:
            return self._x[images].reshape(shape)
        if self._inner is None:
            view = self._view[images]
        else:
            view = self._view[:count]
            steps.append(copying(self._inner[:count], self._x[images]))
        made = self._memory[: math.prod(shape)]
        steps += _moves(made.reshape(view.shape), view, self._window)
        return made.reshape(shape)


def _moves(to: Array, view: Array, window: Ints) -> list[Step]:
    """Returns steps that copy windows: at once where runs in memory are long."""
    if to.size <= FEW or window[-1] * view.shape[-1] >= RUN:
        return [copying(to, view)]
    return [
        copying(to[(..., *place, slice(None))], view[(..., *place, slice(None))])
        for place in np.ndindex(*window)
    ]


def _conv(
    x: Array,
    kernel: Array,
    out: Array,
    strides: Ints,
    padding: Pairs,
    dilation: Ints,
    groups: int,
    **end: Any,
) -> Step | None:
    steps: list[Step] = []
    kernel, filters = as_dtype(kernel, x.dtype, steps), kernel.shape[-1] // groups
    if out.dtype != x.dtype or not out.size:
        return None
    for xg, at in _groups(x, groups, kernel.shape[-2], filters):
        rows = _Rows(xg, kernel.shape[:-2], strides, padding, dilation)
        matrix = as_rows(kernel[..., at], steps).reshape(-1, filters)
        for images in rows.parts():
            given = rows.part(images, steps)
            target = out[images, ..., at]
            made = target if groups == 1 else np.empty(target.shape, out.dtype)
            steps.append(multiply(given, matrix, made.reshape(-1, filters), **end))
            if made is not target:
                steps.append(copying(target, made))
    return in_turn(*steps)


def _conv_dense(
    x: Array, kernel: Array, bias: Array, out: Array, activation: Any, **static: Any
) -> Step | None:
    """A convolution of one group that ends with a bias and an activation."""
    if not x.dtype == kernel.dtype == bias.dtype == out.dtype:
        return None
    end = {"bias": bias.reshape(-1), "activation": activation}
    return _conv(x, kernel, out, **static, **end)


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
    if not g.dtype == x.dtype == out.dtype or not g.size:
        return None
    channels, filters = shape[-2], shape[-1] // groups
    steps: list[Step] = []
    for xg, at in _groups(x, groups, channels, filters):
        rows = _Rows(xg, shape[:-2], strides, padding, dilation)
        total = np.empty((rows.width, filters), out.dtype)
        more = np.empty_like(total)
        for n, images in enumerate(rows.parts()):
            given = rows.part(images, steps)
            gg = as_rows(g[images, ..., at], steps).reshape(-1, filters)
            steps.append(multiply(given.T, gg, more if n else total))
            if n:
                steps.append(partial(np.add, total, more, total))
        steps.append(copying(out[..., at], total.reshape(*shape[:-1], filters)))
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
    if not g.dtype == kernel.dtype == out.dtype or not g.size:
        return None
    window, positions = kernel.shape[:-2], g.shape[1:-1]
    channels, filters = kernel.shape[-2], kernel.shape[-1] // groups
    places = list(window_places(window, strides, dilation, positions))
    each = math.prod(positions) * len(places) * channels
    images = min(max(ROWS // each, 1), len(g))
    memory = np.empty(images * each, out.dtype)
    frame = _framed(out, images, padding)
    steps: list[Step] = []
    for start in range(0, len(g), images):
        part = slice(start, min(start + images, len(g)))
        made = out[part] if frame is None else frame[: part.stop - start]
        steps.append(partial(made.fill, 0))
        for og, at in _groups(made, groups, channels, filters):
            matrix = as_rows(kernel[..., at], steps).reshape(-1, filters)
            rows = as_rows(g[part, ..., at], steps).reshape(-1, filters)
            held = memory[: len(rows) * len(matrix)]
            for place, column in zip(
                places, _columns(rows, matrix, channels, held, steps), strict=True
            ):
                target = og[(slice(None), *place)]
                added = column.reshape(target.shape)
                steps.append(partial(np.add, target, added, target))
        if frame is not None:
            steps.append(copying(out[part], inside(made, padding)))
    return in_turn(*steps)


def _framed(out: Array, images: int, padding: Pairs) -> Array | None:
    """Returns memory for some images with what is around them; None without that."""
    if not any(map(any, padding)):
        return None
    sizes = padded_sizes(out.shape[1:-1], padding)
    return np.empty((images, *sizes, out.shape[-1]), out.dtype)


def inside(frame: Array, padding: Pairs) -> Array:
    """Returns the view of images in a frame.

    Args:
        frame: Images with what is around them.
        padding: How much that is, before and after each spatial axis.
    """
    rows = zip(frame.shape[1:-1], padding, strict=True)
    inner = (slice(before, n - after) for n, (before, after) in rows)
    return frame[(slice(None), *inner)]


def _columns(
    rows: Array, matrix: Array, channels: int, memory: Array, steps: list[Step]
) -> Iterator[Array]:
    """Yields the products of rows with the kernel at each offset in the window."""
    count = len(matrix) // channels
    if channels < RUN:
        wide = memory.reshape(len(rows), -1)
        steps.append(multiply(rows, matrix.T, wide))
        for i in range(count):
            yield wide[:, i * channels : (i + 1) * channels]
    else:  # apart, as they are added in longer runs
        apart = memory.reshape(count, len(rows), channels)
        for i, column in enumerate(apart):
            own = matrix[i * channels : (i + 1) * channels]
            steps.append(multiply(rows, own.T, column))
            yield column


def _groups(x: Array, groups: int, channels: int, filters: int) -> list[Any]:
    """Returns the channels of each group, and where its filters are."""
    return [
        (
            x[..., i * channels : (i + 1) * channels],
            slice(i * filters, (i + 1) * filters),
        )
        for i in range(groups)
    ]


CONVOLUTIONS: dict[str, Callable[..., Step | None]] = {
    "_conv": _conv,
    "_conv_input": _conv_input,
    "_conv_kernel": _conv_kernel,
    "conv_dense": _conv_dense,
}
