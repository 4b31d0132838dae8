"""Kernels that gather and scatter by index."""

from kerasish.backends.base.array import ArrayKernels

__all__ = ["IndexingKernels"]


class IndexingKernels(ArrayKernels):
    """Gathering, scattering and choosing."""
