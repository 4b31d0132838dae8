"""Generators and other iterables of batches."""

from collections.abc import Iterator
from typing import Any

from kerasish.core import tree
from kerasish.core.errors import ArgumentError
from kerasish.data.adapters import DataAdapter
from kerasish.data.batches import Batch, standardize_batch

__all__ = ["IterableAdapter"]


class IterableAdapter(DataAdapter):
    """Batches out of anything that can be iterated over.

    A generator or iterator is read once and carried on from epoch to epoch; an object
    that makes a new iterator each time is read from the start every epoch.

    Args:
        data: Iterable of `x`, `(x,)`, `(x, y)` or `(x, y, sample_weight)`.
        class_weight: Checked class weights, or `None`.
        steps: Batches to take in an epoch if the user said so.
        caller: Name of the function the data was given to.

    Example:
        >>> adapter = IterableAdapter([([1, 2], [3, 4])])
        >>> next(adapter.epoch())
        (array([1, 2]), array([3, 4]), None)
    """

    def __init__(
        self,
        data: Any,
        *,
        class_weight: dict[int, float] | None = None,
        steps: int | None = None,
        caller: str = "fit",
    ) -> None:
        once = hasattr(data, "__next__")
        super().__init__(
            caller,
            num_batches=None if once else _length(data),
            steps=steps,
            repeatable=not once,
        )
        self._data = data
        self._class_weight = class_weight
        self._read = 0

    def epoch(self) -> Iterator[Batch]:
        """Yields the batches of a new pass, or the next ones of a generator."""
        if self.repeatable:
            self._read = 0
        for raw in self._data:
            place = f"batch {self._read} of `{self.caller}`"
            self._read += 1
            batch = standardize_batch(raw, place, self._class_weight)
            self._check_samples(batch[0], place)
            yield batch

    def _check_samples(self, x: Any, place: str) -> None:
        rows = next(leaf.shape[0] for leaf in tree.flatten(x) if leaf is not None)
        if rows == 0 and not self.caller.startswith("predict"):
            raise ArgumentError(
                f"`x` of {place} must hold at least one sample. Received: 0 samples"
            )


def _length(data: Any) -> int | None:
    # torch's loaders have a `__len__` that raises where the length is not known.
    try:
        return len(data)
    except (TypeError, NotImplementedError):
        return None
