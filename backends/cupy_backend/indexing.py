"""Scattering by atomic additions, faster than the array API can say it."""

from kerasish.backends.base.array import Array
from kerasish.backends.base.indexing import IndexingKernels

__all__ = ["CupyIndexing"]

# What atomic additions exist for; other dtypes are added in one of these. Whole numbers
# wrap around, so the sign of int64 does not matter.
ATOMIC = ("float16", "float32", "float64", "int32", "uint32", "uint64")
ADDED_IN = {"bfloat16": "float32", "int64": "uint64"}


class CupyIndexing(IndexingKernels):
    """Overrides the scatter; additions have no order that is always the same."""

    def scatter_add(self, updates: Array, indices: Array, size: int) -> Array:
        """Returns zeros of `size` rows to which rows are added at flat indices."""
        name = self.dtype_name(updates)
        kind = name if name in ATOMIC else ADDED_IN.get(name, "int32")
        shape = (size, *updates.shape[1:])
        made = self.xp.zeros(shape, dtype=self.dtype(kind))
        self.xp.add.at(made, indices, self.cast(updates, kind))
        return self.cast(made, name)
