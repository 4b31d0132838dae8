"""Kernels of pooling: the windows of an array side by side, and the way back."""

from kerasish.backends.base.array import Array
from kerasish.backends.base.convolution import (
    ConvolutionKernels,
    output_sizes,
    window_places,
)

__all__ = ["PoolingKernels"]

Ints = tuple[int, ...]


class PoolingKernels(ConvolutionKernels):
    """Pooling over any number of spatial axes, channels last."""

    def windows(self, x: Array, window: Ints, strides: Ints) -> Array:
        """Returns `(batch, *positions, channels, elements of a window)`."""
        ones = (1,) * len(window)
        out = output_sizes(x.shape[1:-1], window, strides, ones)
        slices = [
            x[(slice(None), *place, slice(None))]
            for place in window_places(window, strides, ones, out)
        ]
        return self.xp.stack(slices, axis=-1)

    def from_windows(self, g: Array, shape: Ints, window: Ints, strides: Ints) -> Array:
        """Adds the elements of windows back to where they came from."""
        ones = (1,) * len(window)
        made = self.xp.zeros(shape, dtype=g.dtype)
        out = g.shape[1:-2]
        for i, place in enumerate(window_places(window, strides, ones, out)):
            made[(slice(None), *place, slice(None))] += g[..., i]
        return made
