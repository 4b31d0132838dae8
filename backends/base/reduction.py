"""Kernels that reduce axes: sums, extremes, products."""

import math
from typing import Any

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
        return self.xp.reshape(self.sum(x, axes, False), shape)

    def sum(self, x: Array, axis: tuple[int, ...], keepdims: bool) -> Array:
        """Returns the sum in the operand's dtype; half precision adds in float32."""
        total = self.xp.sum(
            self._wide(x), axis=axis, dtype=self._wide_dtype(x), keepdims=keepdims
        )
        return self.cast(total, self.dtype_name(x))

    def prod(self, x: Array, axis: tuple[int, ...], keepdims: bool) -> Array:
        """Returns the product in the operand's dtype."""
        return self.xp.prod(x, axis=axis, dtype=x.dtype, keepdims=keepdims)

    def mean(self, x: Array, axis: tuple[int, ...], keepdims: bool) -> Array:
        """Returns the mean of floats; `nan` of no elements."""
        made = self._mean(self._wide(x), axis, keepdims)
        return self.cast(made, self.dtype_name(x))

    def var(self, x: Array, axis: tuple[int, ...], keepdims: bool) -> Array:
        """Returns the mean square distance from the mean.

        The mean of the distances corrects for the rounding of the mean itself: values
        far from zero and close together keep their digits.
        """
        wide = self._wide(x)
        away = wide - self._mean(wide, axis, True)
        away = away - self._mean(away, axis, True)
        made = self._mean(away * away, axis, keepdims)
        return self.cast(made, self.dtype_name(x))

    def max(self, x: Array, axis: tuple[int, ...], keepdims: bool) -> Array:
        """Returns the largest element; `nan` where one is."""
        if self.dtype_name(x) == "bool":
            return self.xp.any(x, axis=axis, keepdims=keepdims)
        return self.xp.max(x, axis=axis, keepdims=keepdims)

    def min(self, x: Array, axis: tuple[int, ...], keepdims: bool) -> Array:
        """Returns the smallest element; `nan` where one is."""
        if self.dtype_name(x) == "bool":
            return self.xp.all(x, axis=axis, keepdims=keepdims)
        return self.xp.min(x, axis=axis, keepdims=keepdims)

    def all(self, x: Array, axis: tuple[int, ...], keepdims: bool) -> Array:
        """Returns whether all hold."""
        return self.xp.all(x, axis=axis, keepdims=keepdims)

    def any(self, x: Array, axis: tuple[int, ...], keepdims: bool) -> Array:
        """Returns whether one holds."""
        return self.xp.any(x, axis=axis, keepdims=keepdims)

    def argmax(self, x: Array, axis: int) -> Array:
        """Returns the index of the first largest element, or `nan`, along an axis."""
        return self.cast(self.xp.argmax(x, axis=axis), "int32")

    def argmin(self, x: Array, axis: int) -> Array:
        """Returns the index of the first smallest element, or `nan`, along an axis."""
        return self.cast(self.xp.argmin(x, axis=axis), "int32")

    def cumsum(self, x: Array, axis: int) -> Array:
        """Returns the sums up to each element along an axis."""
        return self.xp.cumulative_sum(x, axis=axis, dtype=x.dtype)

    def cumprod(self, x: Array, axis: int) -> Array:
        """Returns the products up to each element along an axis."""
        return self.xp.cumulative_prod(x, axis=axis, dtype=x.dtype)

    def recurrence(self, a: Array, b: Array, axis: int) -> Array:
        """Returns `y` of `y[i] = a[i] y[i-1] + b[i]` along an axis, in log n steps."""
        xp = self.xp
        a, b = xp.broadcast_arrays(a, b)
        size = b.shape[axis]
        before = (slice(None),) * axis
        step = 1
        while step < size:
            head = (*before, slice(0, step), ...)
            early = (*before, slice(0, size - step), ...)
            late = (*before, slice(step, size), ...)
            sums = b[late] + a[late] * b[early]
            factors = a[late] * a[early]
            b = xp.concat([b[head], sums], axis=axis)
            a = xp.concat([a[head], factors], axis=axis)
            step *= 2
        return b

    def bincount(self, x: Array, size: int) -> Array:
        """Returns how often each of 0 to `size - 1` occurs in flat integers, int32."""
        xp = self.xp
        ordered = xp.sort(x)
        bounds = xp.arange(size, dtype=x.dtype)
        above = xp.searchsorted(ordered, bounds, side="right")
        return self.cast(above - xp.searchsorted(ordered, bounds), "int32")

    def histogram(self, x: Array, edges: Array) -> Array:
        """Returns how many elements lie between edges, int32; the last is included."""
        xp = self.xp
        ordered = xp.sort(x)
        below = xp.searchsorted(ordered, edges[:-1])
        upto = xp.searchsorted(ordered, edges[-1:], side="right")
        return self.cast(xp.diff(xp.concat([below, upto])), "int32")

    def digitize(self, x: Array, bins: Array) -> Array:
        """Returns how many of increasing bounds are not above each element, int32."""
        flat = self.xp.searchsorted(bins, self.xp.reshape(x, (-1,)), side="right")
        return self.cast(self.xp.reshape(flat, x.shape), "int32")

    def isin(self, x1: Array, x2: Array) -> Array:
        """Returns where an element is one of flat `x2`."""
        ordered = self.xp.sort(x2)
        flat = self.xp.reshape(x1, (-1,))
        place = self.xp.searchsorted(ordered, flat)
        last = self.xp.asarray(x2.shape[0] - 1, dtype=place.dtype)
        found = self.xp.take(ordered, self.xp.minimum(place, last), axis=0)
        return self.xp.reshape(found == flat, x1.shape)

    def _mean(self, x: Array, axis: tuple[int, ...], keepdims: bool) -> Array:
        total = self.xp.sum(x, axis=axis, keepdims=keepdims)
        count = math.prod(x.shape[i] for i in axis)
        return self.xp.divide(total, self.xp.asarray(count, dtype=x.dtype))

    def _wide_dtype(self, x: Array) -> Any:
        half = self.dtype_name(x) in ("float16", "bfloat16")
        return self.xp.float32 if half else x.dtype

    def _wide(self, x: Array) -> Array:
        return self.xp.astype(x, self._wide_dtype(x), copy=False)
