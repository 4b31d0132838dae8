"""Sharding: which rows of each batch a process computes, and how many the others have.

Every batch is computed by all processes of a group, each its part. Where all are given
the same data, a process takes its rows of each batch; else it has data of its own and
asks how many rows the others have.
"""

from collections.abc import Iterator
from typing import Any

from kerasish.backends.communication import Communicator, Share
from kerasish.core import tree
from kerasish.core.errors import ArgumentError
from kerasish.data.adapters import DataAdapter
from kerasish.data.batches import Batch
from kerasish.data.columns import take_rows

__all__ = ["OwnData", "SameData", "ShardedAdapter", "Sharding"]


class Sharding:
    """How batches belong to the processes of a group.

    Args:
        group: The group.
    """

    same_data = False  # whether a batch has the same rows in every process

    def __init__(self, group: Communicator) -> None:
        self.group = group

    def rows(self, count: int) -> slice:
        """Returns which rows of a batch this process takes.

        Args:
            count: How many the batch has that this process was given.
        """
        raise NotImplementedError(f"{type(self).__name__} has no method `rows`")

    def shares(self, counts: list[int]) -> list[Share]:
        """Returns the shares that this process has of batches.

        Args:
            counts: How many rows each has that this process was given.
        """
        raise NotImplementedError(f"{type(self).__name__} has no method `shares`")

    def check(self, caller: str, facts: dict[str, Any]) -> None:
        """Looks whether all processes are about to go through their data alike.

        Args:
            caller: Name of the function the data was given to.
            facts: What must be the same everywhere, by name.

        Raises:
            ArgumentError: If something differs.
        """
        found = self.group.gather(facts)
        for name in facts:
            values = [each.get(name) for each in found]
            if any(value != values[0] for value in values):
                raise ArgumentError(
                    f"All processes must give `{caller}` the same {name}, else some "
                    f"would wait for others forever. Received: {values}, by process"
                )


class SameData(Sharding):
    """All processes are given the same data; each takes some rows of each batch.

    A process for which there is no row takes the first, which does not count.

    Example:
        >>> sharding = SameData(Communicator(rank=1, size=2))
        >>> sharding.rows(5), sharding.shares([5])
        (slice(2, 5, None), [Share(rows=3, total=5)])
    """

    same_data = True

    def rows(self, count: int) -> slice:
        """Returns which rows of a batch this process takes."""
        start, stop = self._ends(count)
        return slice(start, stop) if start < stop else slice(0, 1)

    def shares(self, counts: list[int]) -> list[Share]:
        """Returns the shares that this process has of batches."""
        ends = [(count, *self._ends(count)) for count in counts]
        return [Share(stop - start, count) for count, start, stop in ends]

    def _ends(self, count: int) -> tuple[int, int]:
        rank, size = self.group.rank, self.group.size
        return count * rank // size, count * (rank + 1) // size


class OwnData(Sharding):
    """Each process has data of its own, and all of its batches' rows."""

    def rows(self, count: int) -> slice:
        """Returns all rows of a batch."""
        return slice(0, count)

    def shares(self, counts: list[int]) -> list[Share]:
        """Returns the shares; asks how many rows the others have."""
        totals = map(sum, zip(*self.group.gather(counts), strict=True))
        return [Share(*both) for both in zip(counts, totals, strict=True)]


class ShardedAdapter(DataAdapter):
    """The part that a process has of the batches of an iterable.

    Where nobody knows how many batches there are, the epoch ends for all processes when
    the first has no more.

    Args:
        inner: The adapter of the whole batches.
        sharding: Which rows are this process'.
    """

    def __init__(self, inner: DataAdapter, sharding: Sharding) -> None:
        super().__init__(
            inner.caller,
            num_batches=inner.num_batches,
            num_samples=inner.num_samples,
            batch_size=inner.batch_size,
            steps=inner.steps,
            repeatable=inner.repeatable,
            endless=inner.endless,
        )
        self._inner = inner
        self._sharding = sharding

    def epoch(self) -> Iterator[Batch]:
        """Yields this process' part of the batches of one epoch."""
        batches = self._inner.epoch()
        batch = next(batches, None)  # a data set may have changed its length
        self.num_batches = self._inner.num_batches
        facts = {"number of batches": self.num_batches, "steps": self.steps}
        self._sharding.check(self.caller, facts)
        try:
            while self._goes_on(batch):
                yield self._part(batch)
                batch = next(batches, None)
        finally:
            if hasattr(batches, "close"):
                batches.close()

    def _goes_on(self, batch: Any) -> bool:
        """Returns whether all processes have one more batch."""
        if self.num_batches is not None:
            return batch is not None
        counts = self._sharding.group.gather(None if batch is None else _rows(batch))
        if None in counts:
            return False
        if self._sharding.same_data and len(set(counts)) > 1:
            raise ArgumentError(
                f"The data given to `{self.caller}` must be the same in all processes; "
                "if each has its own, say `DataParallel(auto_shard_dataset=False)`. "
                f"Received: batches of {counts} rows, by process"
            )
        return True

    def _part(self, batch: Any) -> Batch:
        count = _rows(batch)
        rows, (self.share,) = self._sharding.rows(count), self._sharding.shares([count])
        inner = self._inner.rows
        if isinstance(inner, int):
            self.rows = inner + rows.start
        else:
            self.rows = None if inner is None else inner[rows]
        made: Batch = tree.map_structure(
            lambda x: x if x is None else take_rows(x, rows), batch
        )
        return made

    def on_epoch_begin(self) -> None:
        """Tells the adapter of the whole batches."""
        self._inner.on_epoch_begin()

    def on_epoch_end(self) -> None:
        """Tells the adapter of the whole batches."""
        self._inner.on_epoch_end()


def _rows(batch: Batch) -> int:
    """Returns how many rows a batch has."""
    return int(next(x.shape[0] for x in tree.flatten(batch[0]) if x is not None))
