"""Kernels of convolution and its gradients, channels last, one group at a time.

The windows are gathered into a matrix by slicing (im2col) and multiplied with the
kernel in one product; the gradient with respect to the input is the same matrix the
other way, added back slice by slice. Half precision is computed in float32.
"""

import math
from collections.abc import Iterator
from itertools import product
from typing import Any

from kerasish.backends.base.array import Array, ArrayKernels

__all__ = [
    "ConvolutionKernels",
    "Ints",
    "Pairs",
    "output_sizes",
    "padded_sizes",
    "window_places",
    "within",
]

Ints = tuple[int, ...]
Pairs = tuple[tuple[int, int], ...]


class ConvolutionKernels(ArrayKernels):
    """Convolutions over any number of spatial axes, channels last."""

    def convolve(
        self,
        x: Array,
        kernel: Array,
        strides: Ints,
        padding: Pairs,
        dilation: Ints,
        groups: int,
    ) -> Array:
        """Returns the convolution.

        Args:
            x: `(batch, *spatial, channels)`.
            kernel: `(*window, channels / groups, filters)`.
            strides: Steps of the window.
            padding: Zeros before and after each spatial axis.
            dilation: Distances within the window.
            groups: How many groups channels and filters are split into.
        """
        dtype = self.dtype_name(x)
        x, kernel = self._wide_image(x), self._wide_image(kernel)
        x = self._padded(x, padding, 0)
        window = kernel.shape[:-2]
        out = output_sizes(x.shape[1:-1], window, strides, dilation)
        parts = []
        for xg, kg in self._groups(x, kernel, groups):
            columns = self._columns(xg, window, strides, dilation, out)
            matrix = self.xp.reshape(kg, (-1, kg.shape[-1]))
            y = self.xp.matmul(columns, matrix)
            parts.append(self.xp.reshape(y, (x.shape[0], *out, kg.shape[-1])))
        made = parts[0] if groups == 1 else self.xp.concat(parts, axis=-1)
        return self.cast(made, dtype)

    def convolve_input_gradient(
        self,
        g: Array,
        kernel: Array,
        shape: Ints,
        strides: Ints,
        padding: Pairs,
        dilation: Ints,
        groups: int,
    ) -> Array:
        """Returns the gradient of `convolve` with respect to `x` of a shape."""
        xp, dtype = self.xp, self.dtype_name(g)
        g, kernel = self._wide_image(g), self._wide_image(kernel)
        window = kernel.shape[:-2]
        filters = kernel.shape[-1] // groups
        sizes = padded_sizes(shape[1:-1], padding)
        parts = []
        for i in range(groups):
            kg = kernel[..., i * filters : (i + 1) * filters]
            gg = xp.reshape(g[..., i * filters : (i + 1) * filters], (-1, filters))
            matrix = xp.reshape(kg, (-1, filters))
            columns = xp.matmul(gg, matrix.T)
            within = (shape[0], *sizes, kernel.shape[-2])
            parts.append(self._from_columns(columns, within, window, strides, dilation))
        made = parts[0] if groups == 1 else xp.concat(parts, axis=-1)
        return self.cast(self._inside(made, padding), dtype)

    def convolve_kernel_gradient(
        self,
        g: Array,
        x: Array,
        shape: Ints,
        strides: Ints,
        padding: Pairs,
        dilation: Ints,
        groups: int,
    ) -> Array:
        """Returns the gradient of `convolve` with respect to a kernel of a shape."""
        xp, dtype = self.xp, self.dtype_name(g)
        g, x = self._wide_image(g), self._padded(self._wide_image(x), padding, 0)
        window = shape[:-2]
        out = g.shape[1:-1]
        channels, filters = shape[-2], shape[-1] // groups
        parts = []
        for i in range(groups):
            xg = x[..., i * channels : (i + 1) * channels]
            gg = xp.reshape(g[..., i * filters : (i + 1) * filters], (-1, filters))
            columns = self._columns(xg, window, strides, dilation, out)
            part = xp.matmul(columns.T, gg)
            parts.append(xp.reshape(part, (*window, channels, filters)))
        made = parts[0] if groups == 1 else xp.concat(parts, axis=-1)
        return self.cast(made, dtype)

    def _groups(self, x: Array, kernel: Array, groups: int) -> Any:
        channels, filters = kernel.shape[-2], kernel.shape[-1] // groups
        for i in range(groups):
            yield (
                x[..., i * channels : (i + 1) * channels],
                kernel[..., i * filters : (i + 1) * filters],
            )

    def _columns(
        self, x: Array, window: Ints, strides: Ints, dilation: Ints, out: Ints
    ) -> Array:
        """Returns the windows as rows `(batch * positions, window * channels)`."""
        xp = self.xp
        slices = [
            x[(slice(None), *place, slice(None))]
            for place in window_places(window, strides, dilation, out)
        ]
        if len(slices) == 1:
            return xp.reshape(slices[0], (-1, x.shape[-1]))
        rows = xp.concat(slices, axis=-1)
        return xp.reshape(rows, (-1, rows.shape[-1]))

    def _from_columns(
        self, columns: Array, shape: Ints, window: Ints, strides: Ints, dilation: Ints
    ) -> Array:
        """Adds rows of windows back to where they came from."""
        xp = self.xp
        out = output_sizes(shape[1:-1], window, strides, dilation)
        channels = shape[-1]
        made = xp.zeros(shape, dtype=columns.dtype)
        wide = xp.reshape(columns, (shape[0], *out, math.prod(window) * channels))
        for i, place in enumerate(window_places(window, strides, dilation, out)):
            key = (slice(None), *place, slice(None))
            made[key] += wide[..., i * channels : (i + 1) * channels]
        return made

    def _padded(self, x: Array, padding: Pairs, value: Any) -> Array:
        """Returns images with a value around them."""
        if not any(map(any, padding)):
            return x
        sizes = padded_sizes(x.shape[1:-1], padding)
        made = self.xp.full((x.shape[0], *sizes, x.shape[-1]), value, dtype=x.dtype)
        made[within(made.shape, padding)] = x
        return made

    def _inside(self, x: Array, padding: Pairs) -> Array:
        """Returns padded images without what is around them."""
        return x[within(x.shape, padding)] if any(map(any, padding)) else x

    def _wide_image(self, x: Array) -> Array:
        half = self.dtype_name(x) in ("float16", "bfloat16")
        return self.cast(x, "float32") if half else x


def within(shape: Ints, padding: Pairs) -> tuple[slice, ...]:
    """Returns where images lie among those of a shape that are padded."""
    rows = zip(shape[1:-1], padding, strict=True)
    inner = (slice(before, n - after) for n, (before, after) in rows)
    return (slice(None), *inner, slice(None))


def padded_sizes(sizes: Ints, padding: Pairs) -> Ints:
    """Returns sizes with what is added before and after."""
    return tuple(n + sum(pair) for n, pair in zip(sizes, padding, strict=True))


def output_sizes(sizes: Ints, window: Ints, strides: Ints, dilation: Ints) -> Ints:
    """Returns how many windows fit along each axis."""
    return tuple(
        (n - (w - 1) * d - 1) // s + 1
        for n, w, s, d in zip(sizes, window, strides, dilation, strict=True)
    )


def window_places(
    window: Ints, strides: Ints, dilation: Ints, out: Ints
) -> Iterator[tuple[slice, ...]]:
    """Yields, for each offset in the window, the slices it meets."""
    for offsets in product(*(range(w) for w in window)):
        yield tuple(
            slice(o * d, o * d + (n - 1) * s + 1, s)
            for o, d, s, n in zip(offsets, dilation, strides, out, strict=True)
        )
