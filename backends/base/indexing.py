"""Kernels that gather and scatter by index."""

from typing import Any

from kerasish.backends.base.array import Array, ArrayKernels

__all__ = ["IndexingKernels"]


class IndexingKernels(ArrayKernels):
    """Gathering, scattering and choosing."""

    def take(self, x: Array, indices: Array, axis: int) -> Array:
        """Returns the slices of `x` at indices of any shape along an axis."""
        xp = self.xp
        flat = xp.take(x, xp.reshape(indices, (-1,)), axis=axis)
        return xp.reshape(flat, (*x.shape[:axis], *indices.shape, *x.shape[axis + 1 :]))

    def scatter_add(self, updates: Array, indices: Array, size: int) -> Array:
        """Returns zeros of `size` rows to which rows are added at flat indices."""
        xp = self.xp
        rows = xp.reshape(indices, (-1, 1))
        places = xp.arange(size, dtype=indices.dtype)
        hit = xp.astype(rows == places, updates.dtype)
        flat = xp.reshape(updates, (updates.shape[0], -1))
        added = xp.matmul(hit.T, flat)
        return xp.reshape(added, (size, *updates.shape[1:]))

    def get_item(self, x: Array, key: Any) -> Array:
        """Returns `x[key]`."""
        return x[_complete(key)]

    def nonzero(self, x: Array) -> tuple[Array, ...]:
        """Returns the indices of the elements that are not zero, one per axis."""
        return tuple(self.cast(i, "int32") for i in self.xp.nonzero(x))

    def take_along_axis(self, x: Array, indices: Array, axis: int) -> Array:
        """Returns the elements at indices along an axis."""
        wide = self.cast(indices, "int64")
        return self.xp.take_along_axis(x, wide, axis=axis)

    def put_item(self, g: Array, key: Any, shape: tuple[int, ...]) -> Array:
        """Returns zeros of a shape to which `g` is added at `[key]`."""
        xp = self.xp
        count = 1
        for n in shape:
            count *= n
        places = xp.reshape(xp.arange(count, dtype=xp.int64), shape)[_complete(key)]
        flat = xp.reshape(g, (-1,))
        added = self.scatter_add(flat, xp.reshape(places, (-1,)), count)
        return xp.reshape(added, shape)


def _complete(key: Any) -> Any:
    """Adds the `...` that NumPy leaves out and the standard does not."""
    parts = key if isinstance(key, tuple) else (key,)
    return parts if any(part is Ellipsis for part in parts) else (*parts, Ellipsis)
