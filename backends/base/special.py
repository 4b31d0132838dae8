"""Kernels of special functions: erf, gamma, Bessel."""

from kerasish.backends.base.array import ArrayKernels

__all__ = ["SpecialKernels"]


class SpecialKernels(ArrayKernels):
    """Special functions of one or two float operands."""
