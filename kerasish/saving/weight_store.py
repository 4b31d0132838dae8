"""What a layer sees when it saves or loads its own weights: a mapping of arrays."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from kerasish.saving.hdf5 import read_array, write_array

__all__ = ["WeightReader", "WeightWriter"]


class WeightWriter:
    """The `store` of `save_own_variables`: writes arrays into an HDF5 group.

    Args:
        group: The group.
    """

    def __init__(self, group: Any) -> None:
        self._group = group

    def __setitem__(self, key: str, value: Any) -> None:
        write_array(self._group, str(key), value)

    def __contains__(self, key: object) -> bool:
        return key in self._group

    def __len__(self) -> int:
        return len(self._group)

    def keys(self) -> list[str]:
        """The names of the arrays written so far."""
        return list(self._group)


class WeightReader(Mapping[str, np.ndarray]):
    """The `store` of `load_own_variables`: arrays that were read and checked.

    Shapes and dtypes are known at once; the arrays are read by `fetch`, all before the
    first of them is used, so that damage in the last leaves every layer as it was.

    Args:
        datasets: HDF5 datasets by name.
        path: Where they lie in the file.
        name: The name that their owner had when it was saved, if known.
    """

    def __init__(self, datasets: Mapping[str, Any], path: str, name: str = "") -> None:
        self.path = path
        self.name = name
        self.shapes = {key: tuple(item.shape) for key, item in datasets.items()}
        self._datasets = datasets
        self._arrays: dict[str, np.ndarray] = {}

    def fetch(self) -> None:
        """Reads all arrays into memory."""
        self._arrays = {key: read_array(item) for key, item in self._datasets.items()}

    def __getitem__(self, key: str) -> np.ndarray:
        return self._arrays[str(key)]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self.shapes, key=_numbers_first))

    def __len__(self) -> int:
        return len(self.shapes)


def _numbers_first(key: str) -> tuple[int, str]:
    """Orders "0", "1", ..., "10" by value; h5py lists them by letters."""
    return (int(key), "") if key.isdecimal() else (1 << 62, key)
