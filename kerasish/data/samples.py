"""Data sets that can be read again and again: single samples, or made-up elements."""

from collections.abc import Iterator
from typing import Any

from kerasish.core import tree
from kerasish.data.arguments import check_count
from kerasish.data.columns import take_rows

__all__ = ["BatchedDataset", "ElementDataset", "SampleDataset"]


class SampleDataset:
    """Arrays seen as samples: what `split_dataset` returns for arrays.

    `fit` takes it and makes batches of it, of `batch_size` samples.

    Args:
        arrays: An array or a structure of arrays of one length.

    Example:
        >>> import numpy as np
        >>> samples = SampleDataset((np.arange(3), np.arange(3) * 10))
        >>> [(int(x), int(y)) for x, y in samples]
        [(0, 0), (1, 10), (2, 20)]
        >>> len(samples.batch(2))
        2
    """

    def __init__(self, arrays: Any) -> None:
        self.arrays = arrays
        self._leaves = tree.flatten(arrays)

    def __len__(self) -> int:
        return int(self._leaves[0].shape[0])

    def __iter__(self) -> Iterator[Any]:
        for row in range(len(self)):
            yield tree.pack_sequence_as(
                self.arrays,
                [take_rows(leaf, slice(row, row + 1))[0] for leaf in self._leaves],
            )

    def cardinality(self) -> int:
        """Returns the number of samples."""
        return len(self)

    def batch(self, batch_size: int, drop_remainder: bool = False) -> "BatchedDataset":
        """Returns the samples as batches.

        Args:
            batch_size: Samples in a batch.
            drop_remainder: Whether to leave out a short batch at the end.
        """
        return BatchedDataset(self.arrays, batch_size, drop_remainder)


class BatchedDataset:
    """Arrays seen as batches, in order.

    Args:
        arrays: An array or a structure of arrays of one length.
        batch_size: Samples in a batch.
        drop_remainder: Whether to leave out a short batch at the end.

    Raises:
        ValueError: If the batch size is not positive.

    Example:
        >>> import numpy as np
        >>> [x.tolist() for x in BatchedDataset(np.arange(3), 2)]
        [[0, 1], [2]]
    """

    def __init__(
        self, arrays: Any, batch_size: int, drop_remainder: bool = False
    ) -> None:
        self._arrays = arrays
        self._batch_size = check_count(batch_size, "batch_size", "batch")
        samples = tree.flatten(arrays)[0].shape[0]
        rest = samples % self._batch_size if drop_remainder else 0
        self._samples = int(samples - rest)

    def __len__(self) -> int:
        return -(-self._samples // self._batch_size)

    def __iter__(self) -> Iterator[Any]:
        for start in range(0, self._samples, self._batch_size):
            rows = slice(start, min(start + self._batch_size, self._samples))
            yield tree.map_structure(
                lambda leaf, rows=rows: take_rows(leaf, rows), self._arrays
            )

    def cardinality(self) -> int:
        """Returns the number of batches."""
        return len(self)


class ElementDataset:
    """A list of elements of an iterable: what `split_dataset` returns for those.

    Args:
        elements: Samples or batches, as the iterable yielded them.

    Example:
        >>> list(ElementDataset(["a", "b"]))
        ['a', 'b']
    """

    def __init__(self, elements: list[Any]) -> None:
        self._elements = elements

    def __len__(self) -> int:
        return len(self._elements)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._elements)

    def cardinality(self) -> int:
        """Returns the number of elements."""
        return len(self)
