"""Epochs over an adapter: numbered batches, a generator carried on between epochs."""

import warnings
from collections.abc import Iterator
from typing import Any, Self

from kerasish.core.errors import ArgumentError, DataWarning
from kerasish.data.adapters import DataAdapter
from kerasish.data.arguments import check_steps, steps_name
from kerasish.data.batches import Batch

__all__ = ["EpochIterator"]


class EpochIterator:
    """Yields `(step, batch)` for one epoch each time it is iterated over.

    Without a number of steps an epoch is all the data. With one, the data is carried
    on from epoch to epoch, and begins anew where it has ended if it can. An epoch that
    gets fewer batches than was asked for ends with a `DataWarning` that says how many.
    Use it as a context manager, or call `close`, so that no worker is left behind
    when training ends early.

    Args:
        adapter: What `make_adapter` returned.
        steps_per_epoch: Batches in an epoch; by default the `steps` of the adapter.

    Raises:
        ValueError: If the data never ends and no number of steps is given, or, while
            iterating, if the data holds no batch at all.

    Example:
        >>> from kerasish.data.array_adapter import ArrayAdapter
        >>> with EpochIterator(ArrayAdapter([1, 2, 3], batch_size=2)) as epoch:
        ...     [(step, x.tolist()) for step, (x, y, sample_weight) in epoch]
        [(0, [1, 2]), (1, [3])]
    """

    def __init__(
        self, adapter: DataAdapter, steps_per_epoch: int | None = None
    ) -> None:
        self.adapter = adapter
        steps = adapter.steps if steps_per_epoch is None else steps_per_epoch
        self.steps_per_epoch = check_steps(steps, adapter.caller)
        if adapter.endless and self.steps_per_epoch is None:
            raise ArgumentError(
                f"`{steps_name(adapter.caller)}` of `{adapter.caller}` must be given, "
                "as the data does not say how many batches it has (no `__len__`)"
            )
        self._source: Iterator[Batch] | None = None
        self._counted: int | None = None
        self._epochs = 0
        self._total = 0
        self._exhausted = False

    @property
    def num_batches(self) -> int | None:
        """Batches in an epoch as far as is known; counted in the first epoch."""
        if self.steps_per_epoch is not None:
            return self.steps_per_epoch
        return self._counted if self._counted is not None else self.adapter.num_batches

    @property
    def exhausted(self) -> bool:
        """Whether a generator has ended, so that no further epoch is possible."""
        return self._exhausted

    def can_start(self, epoch: int, epochs: int) -> bool:
        """Returns whether there is data for another epoch; warns where there is none.

        Args:
            epoch: Number of the epoch about to start, from 0.
            epochs: How many there should be, for the message.
        """
        if self._exhausted:
            warnings.warn(
                f"The data given to `{self.adapter.caller}` ran out after "
                f"{self._total} batches: epoch {epoch + 1} of {epochs} and those after "
                f"it have none. {self._mend()}",
                DataWarning,
                stacklevel=2,
            )
        return not self._exhausted

    def __iter__(self) -> Iterator[tuple[int, Batch]]:
        self._epochs += 1
        self.adapter.on_epoch_begin()
        wanted, step = self.steps_per_epoch, 0
        carried = self._source is not None
        try:
            while wanted is None or step < wanted:
                batch = self._next_batch(step)
                if batch is None and carried and step == 0 and not self._exhausted:
                    # The last epoch took the last batch: begin anew.
                    batch = self._next_batch(step)
                if batch is None:
                    self._ran_out(step)
                    break
                self._total += 1
                yield step, batch
                step += 1
            self.adapter.on_epoch_end()
        finally:
            if wanted is None:
                self.close()

    def close(self) -> None:
        """Ends the reading, with its threads and processes."""
        source, self._source = self._source, None
        if source is not None and hasattr(source, "close"):
            source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: Any) -> None:
        self.close()

    def _next_batch(self, step: int) -> Batch | None:
        if self._exhausted:
            return None
        if self._source is None:
            self._source = self.adapter.epoch()
        try:
            return next(self._source)
        except StopIteration:
            self._source = None
            self._exhausted = not self.adapter.repeatable
            return None
        except Exception as error:
            error.add_note(
                f"Raised while reading batch {step} of epoch {self._epochs} of the "
                f"data given to `{self.adapter.caller}`."
            )
            raise

    def _ran_out(self, step: int) -> None:
        if self._total == 0:
            raise ArgumentError(
                f"The data given to `{self.adapter.caller}` must yield at least one "
                f"batch. Received: none. {self._mend()}"
            )
        wanted = self.steps_per_epoch
        if wanted is None and step > 0:
            self._counted = step
            return
        expected = self._counted if wanted is None else wanted
        named = "" if wanted is None else f" (`{steps_name(self.adapter.caller)}`)"
        warnings.warn(
            f"The data given to `{self.adapter.caller}` ran out: epoch {self._epochs} "
            f"should have {expected} batches{named}, got {step}. {self._mend()}",
            DataWarning,
            stacklevel=3,
        )

    def _mend(self) -> str:
        if self.adapter.repeatable:
            return "A new epoch begins anew"
        return (
            "A generator can be read only once: let it go on for all epochs, or give "
            "arrays, a `PyDataset` or an object whose `__iter__` makes a new generator"
        )
