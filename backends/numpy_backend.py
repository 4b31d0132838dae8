"""NumPy on the CPU: the base kernels, some of them faster, floating warnings off."""

from typing import Any

import numpy as np

from kerasish.backends.base.backend import Array, Backend

__all__ = ["NumpyBackend"]


class NumpyBackend(Backend):
    """The default backend."""

    name = "numpy"
    xp: Any = np

    def is_array(self, x: object) -> bool:
        """Returns whether `x` is a NumPy array or array scalar."""
        return isinstance(x, np.ndarray | np.generic)

    def cast(self, x: Array, dtype: str) -> Array:
        """Converts an array to another dtype; the same array where it has it."""
        return np.asarray(x).astype(self.dtype(dtype), copy=False)

    def from_numpy(self, x: np.ndarray) -> Array:
        """Copies a NumPy array."""
        return x.copy()

    def to_numpy(self, x: Array) -> np.ndarray:
        """Returns the array itself."""
        return np.asarray(x)
