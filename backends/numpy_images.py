"""Convolution of NumPy arrays: the steps of plans, bound for one call.

So both ways to run have the same kernels: oneDNN's where it is there, and otherwise
products of some images at a time, which need no memory for the windows of a batch.
"""

from typing import Any

import numpy as np

from kerasish.backends.base.array import Array
from kerasish.backends.base.convolution import Ints, Pairs, output_sizes, padded_sizes
from kerasish.backends.base.pooling import PoolingKernels
from kerasish.backends.numpy_lowering import lower

__all__ = ["NumpyImages"]


class NumpyImages(PoolingKernels):
    """Kernels of images, channels last."""

    def convolve(
        self,
        x: Array,
        kernel: Array,
        strides: Ints,
        padding: Pairs,
        dilation: Ints,
        groups: int,
    ) -> Array:
        """Returns the convolution."""
        how = (strides, padding, dilation, groups)
        sizes = padded_sizes(x.shape[1:-1], padding)
        sizes = output_sizes(sizes, kernel.shape[:-2], strides, dilation)
        out = np.empty((len(x), *sizes, kernel.shape[-1]), x.dtype)
        if _made("_conv", [x, kernel], out, how):
            return out
        return super().convolve(x, kernel, *how)

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
        out = np.empty(shape, g.dtype)
        how = (strides, padding, dilation, groups)
        if _made("_conv_input", [g, kernel], out, how, shape=shape):
            return out
        return super().convolve_input_gradient(g, kernel, shape, *how)

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
        out = np.empty(shape, g.dtype)
        how = (strides, padding, dilation, groups)
        if _made("_conv_kernel", [g, x], out, how, shape=shape):
            return out
        return super().convolve_kernel_gradient(g, x, shape, *how)


def _made(name: str, inputs: list[Array], out: Array, how: Any, **more: Any) -> bool:
    """Returns whether a step made the result."""
    static = dict(zip(("strides", "padding", "dilation", "groups"), how, strict=True))
    step = lower(name, {**static, **more}, inputs, [out])
    if step is not None:
        step()
    return step is not None
