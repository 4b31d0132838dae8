"""Kernels of random bits from a counter."""

from kerasish.backends.base.array import ArrayKernels

__all__ = ["RandomnessKernels"]


class RandomnessKernels(ArrayKernels):
    """The same numbers on every backend, from a key and a counter."""
