"""Kernels that reduce axes: sums, extremes, products."""

from kerasish.backends.base.array import Array, ArrayKernels

__all__ = ["ReductionKernels"]


class ReductionKernels(ArrayKernels):
    """Reductions over axes given as a sorted tuple."""

    def sum_to(self, x: Array, shape: tuple[int, ...]) -> Array:
        """Returns the sum over the axes along which `shape` broadcasts to `x`."""
        extra = x.ndim - len(shape)
        axes = tuple(range(extra)) + tuple(
            i + extra for i, n in enumerate(shape) if n == 1 and x.shape[i + extra] != 1
        )
        return self.xp.reshape(self.xp.sum(x, axis=axes, dtype=x.dtype), shape)
