"""Kernels that sort and search."""

from kerasish.backends.base.array import ArrayKernels

__all__ = ["SortingKernels"]


class SortingKernels(ArrayKernels):
    """Sorting and searching along an axis."""
