"""Kernels of Fourier transforms."""

from kerasish.backends.base.array import ArrayKernels

__all__ = ["FourierKernels"]


class FourierKernels(ArrayKernels):
    """Transforms of complex and real signals."""
