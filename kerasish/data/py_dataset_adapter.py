"""A `PyDataset` read in order or shuffled, if asked by workers that read ahead."""

import itertools
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from typing import Any

from kerasish.core.errors import ArgumentError, ArgumentTypeError
from kerasish.data.adapters import DataAdapter
from kerasish.data.arguments import make_rng
from kerasish.data.batches import Batch, standardize_batch
from kerasish.data.py_dataset import PyDataset
from kerasish.data.workers import read_in_processes, read_in_threads

__all__ = ["PyDatasetAdapter"]


class PyDatasetAdapter(DataAdapter):
    """Batches out of a `PyDataset`.

    Args:
        data: The data set.
        shuffle: Whether to draw a new order of the batches each epoch.
        class_weight: Checked class weights, or `None`.
        steps: Batches to take in an epoch if the user said so.
        caller: Name of the function the data was given to.
        seed: An integer or `numpy.random.Generator` that decides the order.

    Raises:
        TypeError: If the number of batches is no whole number.
        ValueError: If it is not positive.

    Example:
        >>> class Pairs(PyDataset):
        ...     def __len__(self): return 2
        ...     def __getitem__(self, index): return [index], [-index]
        >>> [x.tolist() for x, y, w in PyDatasetAdapter(Pairs()).epoch()]
        [[0], [1]]
    """

    def __init__(
        self,
        data: PyDataset,
        *,
        shuffle: bool | str = False,
        class_weight: dict[int, float] | None = None,
        steps: int | None = None,
        caller: str = "fit",
        seed: Any = None,
    ) -> None:
        self._data = data
        self._name = type(data).__name__
        count = _count_batches(data, self._name)
        super().__init__(caller, num_batches=count, steps=steps, endless=count is None)
        self._shuffle = bool(shuffle)
        self._class_weight = class_weight
        self._rng = make_rng(seed)

    def epoch(self) -> Iterator[Batch]:
        """Yields the batches of one pass; workers end with it."""
        self._data.on_pass_begin()
        with closing(self._read(self._order())) as reader:
            for index, raw in reader:
                self.rows = self._data.rows_of(index)
                place = f"batch {index} of `{self._name}` given to `{self.caller}`"
                yield standardize_batch(raw, place, self._class_weight)

    def on_epoch_begin(self) -> None:
        """Calls the method of the data set."""
        self._data.on_epoch_begin()

    def on_epoch_end(self) -> None:
        """Calls the method of the data set."""
        self._data.on_epoch_end()

    def _order(self) -> Iterable[int]:
        # A data set may change its length from one epoch to the next.
        self.num_batches = _count_batches(self._data, self._name)
        if self.num_batches is None:
            return itertools.count()
        if self._shuffle:
            order: list[int] = self._rng.permutation(self.num_batches).tolist()
            return order
        return range(self.num_batches)

    def _read(self, order: Iterable[int]) -> Generator[tuple[int, Any], None, None]:
        data, ahead = self._data, self._data.max_queue_size
        if data.use_multiprocessing and data.workers > 0:
            seed = int(self._rng.integers(2**31))
            return read_in_processes(self._fetch, order, data.workers, ahead, seed)
        if data.workers > 1:
            return read_in_threads(self._fetch, order, data.workers, ahead)
        return (self._fetch(index) for index in order)

    def _fetch(self, index: int) -> tuple[int, Any]:
        try:
            return index, self._data[index]
        except Exception as error:
            error.add_note(f"Raised by `{self._name}.__getitem__({index})`.")
            raise


def _count_batches(data: PyDataset, name: str) -> int | None:
    count = data.num_batches
    if count is None:
        return None
    message = f"The length of `{name}` must be a positive number of batches. Received: "
    if isinstance(count, bool) or not isinstance(count, int):
        raise ArgumentTypeError(f"{message}{count!r}")
    if count < 1:
        raise ArgumentError(f"{message}{count}")
    return count
