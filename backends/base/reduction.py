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

    def sum(self, x: Array, axis: tuple[int, ...], keepdims: bool) -> Array:
        """Returns the sum in the operand's dtype."""
        return self.xp.sum(x, axis=axis, dtype=x.dtype, keepdims=keepdims)

    def prod(self, x: Array, axis: tuple[int, ...], keepdims: bool) -> Array:
        """Returns the product in the operand's dtype."""
        return self.xp.prod(x, axis=axis, dtype=x.dtype, keepdims=keepdims)

    def mean(self, x: Array, axis: tuple[int, ...], keepdims: bool) -> Array:
        """Returns the mean of floats."""
        return self.xp.mean(x, axis=axis, keepdims=keepdims)

    def max(self, x: Array, axis: tuple[int, ...], keepdims: bool) -> Array:
        """Returns the largest element."""
        return self.xp.max(x, axis=axis, keepdims=keepdims)

    def min(self, x: Array, axis: tuple[int, ...], keepdims: bool) -> Array:
        """Returns the smallest element."""
        return self.xp.min(x, axis=axis, keepdims=keepdims)

    def all(self, x: Array, axis: tuple[int, ...], keepdims: bool) -> Array:
        """Returns whether all hold."""
        return self.xp.all(x, axis=axis, keepdims=keepdims)

    def any(self, x: Array, axis: tuple[int, ...], keepdims: bool) -> Array:
        """Returns whether one holds."""
        return self.xp.any(x, axis=axis, keepdims=keepdims)

    def argmax(self, x: Array, axis: int) -> Array:
        """Returns the index of the first largest element along an axis."""
        return self.cast(self.xp.argmax(x, axis=axis), "int32")

    def argmin(self, x: Array, axis: int) -> Array:
        """Returns the index of the first smallest element along an axis."""
        return self.cast(self.xp.argmin(x, axis=axis), "int32")

    def cumsum(self, x: Array, axis: int) -> Array:
        """Returns the sums up to each element along an axis."""
        return self.xp.cumulative_sum(x, axis=axis, dtype=x.dtype)
