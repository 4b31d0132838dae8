"""Kernels that sort and search."""

from kerasish.backends.base.array import Array, ArrayKernels

__all__ = ["SortingKernels"]


class SortingKernels(ArrayKernels):
    """Sorting and searching along an axis."""

    def argsort(self, x: Array, axis: int) -> Array:
        """Returns the indices that sort along an axis; equal elements keep order."""
        x = self._ordered_floats(x)
        return self.cast(self.xp.argsort(x, axis=axis, stable=True), "int32")

    def top_k(self, x: Array, k: int) -> Array:
        """Returns the indices of the k largest elements of the last axis, in order."""
        xp = self.xp
        x = self._ordered_floats(x)
        order = xp.argsort(xp.flip(x, axis=-1), axis=-1, stable=True)
        order = xp.flip(order, axis=-1)[..., :k]
        last = xp.asarray(x.shape[-1] - 1, dtype=order.dtype)
        return self.cast(last - order, "int32")

    def _ordered_floats(self, x: Array) -> Array:
        """Returns bfloat16 as float32: libraries that do not know it misplace `nan`."""
        return self.cast(x, "float32") if self.dtype_name(x) == "bfloat16" else x
