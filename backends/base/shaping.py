"""Kernels that move elements without changing them."""

from kerasish.backends.base.array import ArrayKernels

__all__ = ["ShapingKernels"]


class ShapingKernels(ArrayKernels):
    """Joins, pads and turns arrays."""
