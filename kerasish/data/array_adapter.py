"""Arrays cut into batches: views of them in order, one gather each when shuffled."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

import numpy as np

from kerasish.backends import current
from kerasish.core import tree
from kerasish.core.errors import ArgumentError
from kerasish.data.adapters import DataAdapter
from kerasish.data.arguments import DEFAULT_BATCH_SIZE, make_rng
from kerasish.data.batches import Batch, dense_structure, standardize_weights
from kerasish.data.columns import is_sparse, take_rows
from kerasish.data.sharding import Sharding
from kerasish.data.structures import as_columns, count_samples
from kerasish.tracing.feed import Feed

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
        sharding: Which rows of each batch are this process', `None` for all.

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
        sharding: Sharding | None = None,
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
        self._feed: Feed | None = None  # of data that were moved to a device
        self._shuffle = shuffle
        self._rng = make_rng(seed) if shuffle else None
        self._sharding = sharding
        self._shares: list[Any] = []
        super().__init__(
            caller,
            num_batches=max(1, -(-samples // batch_size)),
            num_samples=samples,
            batch_size=batch_size,
            steps=steps,
        )
        if sharding is not None:
            facts = {"number of batches": self.num_batches, "steps": steps}
            if sharding.same_data:
                facts |= {"number of samples": samples, "batch size": batch_size}
            sharding.check(caller, facts)
            self._shares = sharding.shares(self._counts())

    def epoch(self) -> Iterator[Batch]:
        """Yields the batches of one epoch, in a new order when shuffled."""
        batches = self._fed() if self._feed else self._taken()
        for i, (rows, leaves) in enumerate(batches):
            self.rows = rows.start if isinstance(rows, slice) else rows
            self.share = self._shares[i] if self._shares else None
            if self._flat:
                yield leaves[0], leaves[1], leaves[2]
            else:
                yield tree.pack_sequence_as(self._data, leaves)

    def move(self, narrow: str | None = None, together: int = 1) -> None:
        """Moves the data to the device of the current backend, where that pays.

        Args:
            narrow: Dtype that float64 is moved in, None for its own.
            together: Steps that may be run as one.
        """
        hosts = [leaf for leaf in self._leaves if leaf is not None]
        if self.moved or any(is_sparse(x) or x.dtype.kind in "OSU" for x in hosts):
            return
        dtypes = [narrow if x.dtype == np.float64 else None for x in hosts]
        moved = current().resident(hosts, dtypes)
        if moved is None:
            return
        arrays = iter(moved)
        self._leaves = [x if x is None else next(arrays) for x in self._leaves]
        samples, size = self.num_samples or 0, self.batch_size or 1
        if self._sharding is not None:
            parts = [self._sharding.rows(count) for count in self._counts()]
            sizes = [part.stop - part.start for part in parts]
            samples, size = sum(sizes), sizes[0]
        self._feed = Feed(current(), samples, size, together)
        self.moved = True

    def flush(self) -> None:
        """Runs the steps that were put off, as nobody looked at their results."""
        if self._feed is not None:
            self._feed.flush()

    def whole(self) -> Any:
        """Returns all data on the host, None where some are sparse."""
        sparse = any(is_sparse(x) for x in tree.flatten(self._data))
        return None if sparse else self._data

    def _fed(self) -> Iterator[tuple[Any, list[Any]]]:
        """Yields the numbers of rows, and the batches that the device gathers."""
        feed: Any = self._feed
        sets, start = list(self._row_sets()), 0
        as_they_lie = self._rng is None and self._sharding is None
        numbers = [] if as_they_lie else [_numbers(rows) for rows in sets]
        feed.start(None if as_they_lie else np.concatenate(numbers))
        for rows in sets:
            yield rows, feed.batch(self._leaves, start)
            start += rows.stop - rows.start if isinstance(rows, slice) else len(rows)

    def _taken(self) -> Iterator[tuple[Any, list[Any]]]:
        """Yields the numbers of rows, and the batches that are taken of them."""
        for rows in self._row_sets():
            parts = zip_longest(self._leaves, self._into())
            yield rows, [x if x is None else take_rows(x, rows, to) for x, to in parts]

    def _into(self) -> Sequence[Any]:
        buffers = self.buffers() if self._flat else ()
        return buffers if len(buffers) == len(self._leaves) else ()

    def _counts(self) -> list[int]:
        """Returns the rows of each batch, of all processes if they have the same."""
        samples, size = self.num_samples or 0, self.batch_size or 1
        return [min(size, samples - start) for start in range(0, samples, size)]

    def _row_sets(self) -> Iterator[Any]:
        """Yields which rows each batch of this process has."""
        for rows in self._whole_batches():
            if self._sharding is None:
                yield rows
            elif isinstance(rows, slice):
                part = self._sharding.rows(rows.stop - rows.start)
                yield slice(rows.start + part.start, rows.start + part.stop)
            else:
                yield rows[self._sharding.rows(len(rows))]

    def _whole_batches(self) -> Iterator[Any]:
        samples, size = self.num_samples or 0, self.batch_size or 1
        starts = np.arange(0, max(samples, 1), size)
        if self._rng is not None and self._shuffle == "batch":
            # A short batch stays last, so that every epoch has the same shapes.
            self._rng.shuffle(starts[: samples // size])
        elif self._rng is not None:
            order = self._rng.permutation(samples)
            for start in starts:
                yield order[start : start + size]
            return
        for start in starts:
            yield slice(int(start), min(int(start) + size, samples))


def _numbers(rows: Any) -> Any:
    return np.arange(rows.start, rows.stop) if isinstance(rows, slice) else rows
