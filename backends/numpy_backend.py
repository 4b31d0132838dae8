"""NumPy on the CPU: the base kernels, some of them faster, floating warnings off."""

import inspect
from typing import Any

import numpy as np

from kerasish.backends.base.backend import Array, Backend
from kerasish.backends.numpy_indexing import NumpyIndexing
from kerasish.backends.numpy_randomness import NumpyRandomness

__all__ = ["NumpyBackend"]


def _without_warnings(cls: type[Backend]) -> type[Backend]:
    """Lets every kernel of a class divide by zero and overflow in silence.

    Results hold `inf` and `nan` there, on every backend alike; only NumPy would warn.
    """
    for name, kernel in inspect.getmembers(cls, inspect.isfunction):
        static = isinstance(inspect.getattr_static(cls, name), staticmethod)
        if not name.startswith("_") and not static:
            setattr(cls, name, np.errstate(all="ignore")(kernel))
    return cls


@_without_warnings
class NumpyBackend(NumpyRandomness, NumpyIndexing, Backend):
    """The default backend."""

    name = "numpy"
    xp: Any = np

    def is_array(self, x: object) -> bool:
        """Returns whether `x` is a NumPy array or array scalar."""
        return isinstance(x, np.ndarray | np.generic)

    def cast(self, x: Array, dtype: str) -> Array:
        """Converts an array to another dtype; the same array where it has it."""
        x = np.asarray(x)
        if x.dtype.kind == "c" and not dtype.startswith("complex"):
            x = x.real
        return x.astype(self.dtype(dtype), copy=False)

    def from_numpy(self, x: np.ndarray) -> Array:
        """Copies a NumPy array."""
        return x.copy()

    def to_numpy(self, x: Array) -> np.ndarray:
        """Returns the array itself."""
        return np.asarray(x)
