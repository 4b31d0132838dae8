"""Kernels of pooling, channels last: of windows the largest element, or the mean.

The largest is returned with its place in the window, counted row by row. A gradient
goes to that place, so the way back needs neither the images nor a comparison.
"""

import math
from collections.abc import Iterator
from functools import reduce
from typing import Any

from kerasish.backends.base.array import Array
from kerasish.backends.base.convolution import (
    ConvolutionKernels,
    Ints,
    Pairs,
    output_sizes,
    padded_sizes,
    window_places,
)

__all__ = ["PoolingKernels", "inside_counts"]


class PoolingKernels(ConvolutionKernels):
    """Pooling over any number of spatial axes, channels last."""

    def max_pool(
        self, x: Array, window: Ints, strides: Ints, padding: Pairs
    ) -> tuple[Array, Array]:
        """Returns the largest element of each window and its place.

        Args:
            x: `(batch, *spatial, channels)`.
            window: Sizes of the window.
            strides: Its steps.
            padding: How far windows reach out before and after each axis.

        Returns:
            Elements `(batch, *positions, channels)`, NaN where a window holds one; and
            places, uint8 in windows of up to 256 elements, else int32.
        """
        xp = self.xp
        low = -math.inf if self.is_float(x) else self.range_of(self.dtype_name(x))[0]
        first, *rest = self._slices(self._padded(x, padding, low), window, strides)
        y = xp.asarray(first, copy=True)
        kind = xp.uint8 if math.prod(window) <= 256 else xp.int32
        places = xp.zeros(y.shape, dtype=kind)
        for i, part in enumerate(rest, 1):
            better = (part > y) | ((part != part) & (y == y))
            y = xp.where(better, part, y)
            places = xp.where(better, xp.asarray(i, dtype=kind), places)
        return y, places

    def from_places(
        self,
        g: Array,
        places: Array,
        shape: Ints,
        window: Ints,
        strides: Ints,
        padding: Pairs,
    ) -> Array:
        """Adds the element of each window to its place in zeros of a shape."""
        zero = self.xp.zeros((), dtype=g.dtype)
        kept = (self.xp.where(places == i, g, zero) for i in range(math.prod(window)))
        return self._added(kept, g, shape, window, strides, padding)

    def at_places(
        self, u: Array, places: Array, window: Ints, strides: Ints, padding: Pairs
    ) -> Array:
        """Takes of each window the element at a place."""
        slices = self._slices(self._padded(u, padding, 0), window, strides)
        made = self.xp.zeros(places.shape, dtype=u.dtype)
        for i, part in enumerate(slices):
            made = self.xp.where(places == i, part, made)
        return made

    def average_pool(
        self, x: Array, window: Ints, strides: Ints, padding: Pairs
    ) -> Array:
        """Returns the mean of what each window holds of the images."""
        wide = self._padded(self._wide_image(x), padding, 0)
        total = reduce(self.xp.add, self._slices(wide, window, strides))
        counts = self._counts(x.shape, wide.dtype, window, strides, padding)
        return self.cast(total / counts, self.dtype_name(x))

    def average_pool_gradient(
        self, g: Array, shape: Ints, window: Ints, strides: Ints, padding: Pairs
    ) -> Array:
        """Returns the gradient of `average_pool` with respect to `x` of a shape."""
        wide = self._wide_image(g)
        part = wide / self._counts(shape, wide.dtype, window, strides, padding)
        parts = (part for _ in range(math.prod(window)))
        made = self._added(parts, part, shape, window, strides, padding)
        return self.cast(made, self.dtype_name(g))

    def _slices(self, x: Array, window: Ints, strides: Ints) -> Iterator[Array]:
        """Yields, for each place in the window, the elements of all windows."""
        ones = (1,) * len(window)
        out = output_sizes(x.shape[1:-1], window, strides, ones)
        for place in window_places(window, strides, ones, out):
            yield x[(slice(None), *place, slice(None))]

    def _added(
        self,
        parts: Iterator[Array],
        g: Array,
        shape: Ints,
        window: Ints,
        strides: Ints,
        padding: Pairs,
    ) -> Array:
        """Adds a part for each place in the window to zeros of a shape."""
        sizes = padded_sizes(shape[1:-1], padding)
        made = self.xp.zeros((shape[0], *sizes, shape[-1]), dtype=g.dtype)
        spots = window_places(window, strides, (1,) * len(window), g.shape[1:-1])
        for place, part in zip(spots, parts, strict=True):
            made[(slice(None), *place, slice(None))] += part
        return self._inside(made, padding)

    def _counts(
        self, shape: Ints, dtype: Any, window: Ints, strides: Ints, padding: Pairs
    ) -> Array:
        """Returns how many elements of the images each window holds."""
        made = self.xp.ones((1,) * len(shape), dtype=dtype)
        per_axis = inside_counts(shape[1:-1], window, strides, padding)
        for axis, counts in enumerate(per_axis, 1):
            wide = [1] * len(shape)
            wide[axis] = -1
            row = self.xp.asarray(counts, dtype=dtype)
            made = made * self.xp.reshape(row, tuple(wide))
        return made


def inside_counts(
    sizes: Ints, window: Ints, strides: Ints, padding: Pairs
) -> list[list[int]]:
    """Returns for each axis how many elements of the images each window holds."""
    rows = zip(sizes, window, strides, padding, strict=True)
    return [
        [
            min(start + w, n) - max(start, 0)
            for start in range(-before, n + after - w + 1, s)
        ]
        for n, w, s, (before, after) in rows
    ]
