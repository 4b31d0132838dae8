"""Kernels of convolution and its gradients."""

from kerasish.backends.base.array import ArrayKernels

__all__ = ["ConvolutionKernels"]


class ConvolutionKernels(ArrayKernels):
    """Convolutions over any number of spatial axes, channels last."""
