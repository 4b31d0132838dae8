"""Arrays cut into batches: views of them in order, one gather each when shuffled."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

import numpy as np

from kerasish.autodiff import Tensor
from kerasish.backends import current
from kerasish.core import tree
from kerasish.core.errors import ArgumentError
from kerasish.data.adapters import DataAdapter
from kerasish.data.arguments import DEFAULT_BATCH_SIZE, make_rng
from kerasish.data.batches import Batch, dense_structure, standardize_weights
from kerasish.data.columns import is_sparse, take_rows
from kerasish.data.structures import as_columns, count_samples

__all__ = ["ArrayAdapter"]


class ArrayAdapter(DataAdapter):
    """Batches out of arrays that lie in memory.

    A sparse matrix is made dense one batch at a time. Dtypes are kept. The last batch
    holds what is left. Data without samples gives one empty batch to `predict`.

    Args:
        x: Inputs: an array-like or a structure of them.
        y: Targets, likewise, or `None`.
        sample_weight: Weights, likewise, or `None`.
        batch_size: Samples in a batch, default 32.
        shuffle: Whether to draw a new order each epoch; `"batch"` draws the order of
            the batches and keeps the samples of each together, for data that is slow
            to read out of order.
        class_weight: Checked class weights, or `None`.
        steps: Batches to take in an epoch if the user said so.
        caller: Name of the function the data was given to.
        seed: An integer or `numpy.random.Generator` that decides the order.

    Raises:
        TypeError: If something is no array of numbers.
        ValueError: If lengths differ or there are no samples to learn from.

    Example:
        >>> adapter = ArrayAdapter(np.arange(5), batch_size=2)
        >>> [x.tolist() for x, y, sample_weight in adapter.epoch()]
        [[0, 1], [2, 3], [4]]
    """

    def __init__(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        *,
        batch_size: int = DEFAULT_BATCH_SIZE,
        shuffle: bool | str = False,
        class_weight: dict[int, float] | None = None,
        steps: int | None = None,
        caller: str = "fit",
        seed: Any = None,
    ) -> None:
        place = f"`{caller}`"
        parts = {"x": x, "y": y, "sample_weight": sample_weight}
        parts = {
            name: as_columns(part, name, place, text=name == "x")
            for name, part in parts.items()
        }
        samples = count_samples(parts, place)
        if samples == 0 and not caller.startswith("predict"):
            raise ArgumentError(
                f"`x` of {place} must hold at least one sample. Received: 0 samples"
            )
        weights = dense_structure(parts["sample_weight"])
        weights = standardize_weights(parts["y"], weights, class_weight, place)
        self._data = (parts["x"], parts["y"], weights)
        self._leaves = tree.flatten(self._data)
        self._flat = not any(tree.is_nested(part) for part in self._data)
        self._device: Any = None  # the backend that has the data, if it was moved
        self._shuffle = shuffle
        self._rng = make_rng(seed) if shuffle else None
        super().__init__(
            caller,
            num_batches=max(1, -(-samples // batch_size)),
            num_samples=samples,
            batch_size=batch_size,
            steps=steps,
        )

    def epoch(self) -> Iterator[Batch]:
        """Yields the batches of one epoch, in a new order when shuffled."""
        for rows, places in self._row_sets():
            self.rows = rows.start if isinstance(rows, slice) else rows
            leaves = [
                None if leaf is None else self._take(leaf, places, into)
                for leaf, into in zip_longest(self._leaves, self._into())
            ]
            if self._flat:
                yield leaves[0], leaves[1], leaves[2]
            else:
                yield tree.pack_sequence_as(self._data, leaves)

    def move(self, narrow: str | None = None) -> bool:
        """Moves the data to the device of the current backend, where that pays.

        Args:
            narrow: Dtype that float64 is moved in, None for its own.
        """
        hosts = [leaf for leaf in self._leaves if leaf is not None]
        if any(is_sparse(x) or x.dtype.kind in "OSU" for x in hosts):
            return False
        dtypes = [narrow if x.dtype == np.float64 else None for x in hosts]
        moved = current().resident(hosts, dtypes)
        if moved is None:
            return False
        arrays = iter(moved)
        self._leaves = [x if x is None else next(arrays) for x in self._leaves]
        self._device = current()
        return True

    def whole(self) -> Any:
        """Returns all data on the host, None where some are sparse."""
        sparse = any(is_sparse(x) for x in tree.flatten(self._data))
        return None if sparse else self._data

    def _take(self, column: Any, rows: Any, into: Any) -> Any:
        if self._device is None:
            return take_rows(column, rows, into)
        if isinstance(rows, slice):
            return Tensor(column[rows])
        shape = (len(rows), *column.shape[1:])
        if into is None or into.dtype != column.dtype or into.shape != shape:
            return Tensor(self._device.take(column, rows, 0))
        self._device.gather(column, rows, into)
        return into

    def _into(self) -> Sequence[Any]:
        buffers = self.buffers() if self._flat else ()
        return buffers if len(buffers) == len(self._leaves) else ()

    def _row_sets(self) -> Iterator[tuple[Any, Any]]:
        """Yields the rows of each batch, on the host and where the data are."""
        samples, size = self.num_samples or 0, self.batch_size or 1
        starts = np.arange(0, max(samples, 1), size)
        if self._rng is not None and self._shuffle == "batch":
            # A short batch stays last, so that every epoch has the same shapes.
            self._rng.shuffle(starts[: samples // size])
        elif self._rng is not None:
            order = self._rng.permutation(samples)
            places = order if self._device is None else self._device.from_numpy(order)
            for start in starts:
                yield order[start : start + size], places[start : start + size]
            return
        for start in starts:
            rows = slice(int(start), min(int(start) + size, samples))
            yield rows, rows
