"""Kernels that gather and scatter by index."""

import math
from typing import Any

import numpy as np

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
        """Returns `x[key]`; arrays in the key are the host's."""
        if not _has_arrays(key):
            parts = key if isinstance(key, tuple) else (key,)
            whole = any(part is Ellipsis for part in parts)
            return x[parts if whole else (*parts, Ellipsis)]
        places = _places(x.shape, key)
        flat = self.xp.reshape(x, (-1,))
        return self.take(flat, self.from_numpy(places), 0)

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
        places = self.from_numpy(_places(shape, key).reshape(-1))
        flat = xp.reshape(g, (-1,))
        return xp.reshape(self.scatter_add(flat, places, math.prod(shape)), shape)


def _has_arrays(key: Any) -> bool:
    parts = key if isinstance(key, tuple) else (key,)
    return any(isinstance(part, np.ndarray | list) for part in parts)


def _places(shape: tuple[int, ...], key: Any) -> np.ndarray:
    """Returns where the elements of `x[key]` stand in flat `x`."""
    return np.asarray(np.arange(math.prod(shape)).reshape(shape)[key])
