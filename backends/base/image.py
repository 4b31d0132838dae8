"""Kernels of image geometry."""

from kerasish.backends.base.array import ArrayKernels

__all__ = ["ImageKernels"]


class ImageKernels(ArrayKernels):
    """Images as (batch, height, width, channels)."""
