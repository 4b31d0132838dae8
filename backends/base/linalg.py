"""Kernels of linear algebra, over stacks of matrices."""

from kerasish.backends.base.array import ArrayKernels

__all__ = ["LinalgKernels"]


class LinalgKernels(ArrayKernels):
    """Matrix products, decompositions and solutions."""
