"""Kernels of pooling and its gradients."""

from kerasish.backends.base.array import ArrayKernels

__all__ = ["PoolingKernels"]


class PoolingKernels(ArrayKernels):
    """Pooling over any number of spatial axes, channels last."""
