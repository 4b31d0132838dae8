"""Scattering by NumPy, faster than the plain array API can say it."""

from typing import Any

import numpy as np

from kerasish.backends.base.array import Array
from kerasish.backends.base.indexing import IndexingKernels

__all__ = ["NumpyIndexing"]


class NumpyIndexing(IndexingKernels):
    """Overrides the scatter by a loop in C."""

    def scatter_add(self, updates: Array, indices: Array, size: int) -> Array:
        """Returns zeros of `size` rows to which rows are added at flat indices."""
        made = np.zeros((size, *updates.shape[1:]), updates.dtype)
        np.add.at(made, indices, updates)
        return made

    def get_item(self, x: Array, key: Any) -> Array:
        """Returns `x[key]`; arrays in the key are the host's."""
        return x[key]

    def put_item(self, g: Array, key: Any, shape: tuple[int, ...]) -> Array:
        """Returns zeros of a shape to which `g` is added at `[key]`."""
        made = np.zeros(shape, g.dtype)
        if any(isinstance(k, np.ndarray | list) for k in key):
            np.add.at(made, key, g)  # an element may be named twice
        else:
            made[key] = g
        return made
