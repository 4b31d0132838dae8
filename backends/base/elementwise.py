"""Kernels that work element by element."""

from kerasish.backends.base.array import Array, ArrayKernels

__all__ = ["ElementwiseKernels"]


class ElementwiseKernels(ArrayKernels):
    """Operands come in one dtype, and the result has it, unless said otherwise."""

    def add(self, x1: Array, x2: Array) -> Array:
        """Returns `x1 + x2`; for booleans "or"."""
        if x1.dtype == self.xp.bool:
            return self.xp.logical_or(x1, x2)
        return self.xp.add(x1, x2)

    def subtract(self, x1: Array, x2: Array) -> Array:
        """Returns `x1 - x2`."""
        return self.xp.subtract(x1, x2)

    def multiply(self, x1: Array, x2: Array) -> Array:
        """Returns `x1 * x2`; for booleans "and"."""
        if x1.dtype == self.xp.bool:
            return self.xp.logical_and(x1, x2)
        return self.xp.multiply(x1, x2)

    def divide(self, x1: Array, x2: Array) -> Array:
        """Returns `x1 / x2` of floats."""
        return self.xp.divide(x1, x2)

    def negative(self, x: Array) -> Array:
        """Returns `-x`."""
        return self.xp.negative(x)
