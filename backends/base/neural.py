"""Kernels of activations, softmax and normalisation."""

from kerasish.backends.base.array import ArrayKernels

__all__ = ["NeuralKernels"]


class NeuralKernels(ArrayKernels):
    """What networks compute at every layer."""
