"""A backend on `array-api-strict`: what only NumPy has fails on it."""

import array_api_strict
import numpy as np

from kerasish.backends import Backend

__all__ = ["StrictBackend"]


def _equal(self, other):
    return type(other) is type(self) and repr(self) == repr(other)


# Its dtypes warn where tables of dtypes compare them with NumPy's, of the same hash.
type(array_api_strict.float32).__eq__ = _equal
array_api_strict.set_array_api_strict_flags(api_version="2024.12")


class StrictBackend(Backend):
    """The base kernels over a namespace that has nothing but the standard."""

    name = "strict"
    xp = array_api_strict

    def from_numpy(self, x):
        """Copies a NumPy array; the standard has no half precision."""
        return self.xp.asarray(np.array(x))

    def to_numpy(self, x):
        """Copies to NumPy."""
        return np.asarray(x)

    def dtype_name(self, x):
        """Returns the dtype's name, which strict writes with its own prefix."""
        return str(x.dtype).rpartition(".")[2]
