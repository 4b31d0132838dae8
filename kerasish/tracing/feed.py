"""Feed: batches of a data set on a device, gathered by the plan that they are for.

The data, the order of their rows and a cursor lie in the device's memory. A plan that
is fed begins with the kernels that gather its inputs, so that a step, or several in
turn, needs nothing from the host but to be launched.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from kerasish.autodiff import Tensor
from kerasish.backends.base.backend import Array, Backend
from kerasish.core.dtypes import standardize_dtype
from kerasish.tracing.plan import Plan

__all__ = ["Feed", "Rows", "run"]


class Rows(Tensor):
    """Some rows of a data set, which are gathered when somebody looks.

    Args:
        feed: Where they come from.
        column: The array whose rows they are.
        start: The place of the first in the order of the feed.
        count: How many there are.
    """

    __slots__ = ("_gathered", "column", "count", "feed", "start")

    def __init__(self, feed: "Feed", column: Array, start: int, count: int) -> None:
        self._gathered: Array = None
        self.feed = feed
        self.column = column
        self.start = start
        self.count = count

    @property
    def shape(self) -> tuple[int, ...]:
        """The size of each axis."""
        return (self.count, *self.column.shape[1:])

    @property
    def dtype(self) -> str:
        """The dtype's name."""
        return standardize_dtype(self.column.dtype)

    @property
    def _array(self) -> Array:
        if self._gathered is None:
            self._gathered = self.feed.gathered(self.column, self.start, self.count)
        return self._gathered

    @_array.setter
    def _array(self, array: Array) -> None:
        self._gathered = array


class Feed:
    """A data set and the place that training has come to.

    Args:
        backend: On whose device the data are.
        samples: How many rows there are.
        size: Rows of a full batch.
        together: Steps that may be run as one, as nobody looks at their results.
    """

    def __init__(
        self, backend: Backend, samples: int, size: int, together: int = 1
    ) -> None:
        self._backend = backend
        self._samples = samples
        self._size = size
        self._together = together
        self._order = backend.from_numpy(np.arange(samples))
        self._cursor = backend.aligned(1, "int64")
        self._at = 0  # the cursor, as the host knows it
        self._waiting: list[list[Rows]] = []  # batches of steps that are put off
        self._plan: Plan | None = None  # whose steps these are
        # What runs a plan on as many batches as is the number.
        self._steps: WeakKeyDictionary[Plan, dict[int, Any]] = WeakKeyDictionary()

    def start(self, order: np.ndarray | None) -> None:
        """Begins an epoch.

        Args:
            order: The numbers of the rows, None if it is as before.
        """
        self._waiting.clear()
        if order is not None:
            self._backend.write(self._order, order)

    def batch(self, columns: Iterable[Array | None], start: int) -> list[Rows | None]:
        """Returns the batch that begins at a place of the order.

        Args:
            columns: The arrays of the data set.
            start: The place.
        """
        count = min(self._size, self._samples - start)
        return [None if x is None else Rows(self, x, start, count) for x in columns]

    def gathered(self, column: Array, start: int, count: int) -> Array:
        """Returns rows as an array of their own.

        Args:
            column: An array of the data set.
            start: The place of the first in the order.
            count: How many.
        """
        self.flush()
        return self._backend.take(column, self._order[start : start + count], 0)

    def run(self, plan: Plan, rows: list[Rows]) -> None:
        """Runs a plan on a batch, at the latest when `together` of them are there.

        Args:
            plan: The plan.
            rows: The batch, in the order of the plan's inputs.
        """
        if plan is not self._plan or not self._follows(rows[0]):
            self.flush()
        self._plan = plan
        if not self._waiting and not self._begins(rows[0]):
            self._launch(plan, [rows])
            return
        self._waiting.append(rows)
        if len(self._waiting) == self._together:
            self._launch(plan, self._waiting)
            self._waiting.clear()

    def flush(self) -> None:
        """Runs the steps that are put off."""
        waiting, self._waiting = self._waiting, []
        for rows in waiting:
            self._launch(self._plan, [rows])  # type: ignore[arg-type]

    def _begins(self, rows: Rows) -> bool:
        """Returns whether as many full batches follow as may be run as one."""
        together = self._together * self._size
        ends = rows.start + together <= self._samples
        return self._together > 1 and rows.start % together == 0 and ends

    def _follows(self, rows: Rows) -> bool:
        last = self._waiting[-1][0] if self._waiting else None
        return last is None or rows.start == last.start + self._size

    def _launch(self, plan: Plan, batches: Sequence[list[Rows]]) -> None:
        first, last = batches[0], batches[-1][0]
        if self._at != first[0].start:
            self._backend.write(self._cursor, np.array([first[0].start]))
        known = self._steps.setdefault(plan, {})
        if len(batches) not in known:
            columns = [x.column for x in first]
            given = self._order, self._cursor, plan.inputs
            gather = self._backend.feeding(columns, *given)
            known[len(batches)] = plan.repeated(gather, len(batches))
        self._at = last.start + last.count
        plan.run(known[len(batches)])


def run(plan: Plan, given: Sequence[Any]) -> None:
    """Runs a plan on data.

    Args:
        plan: The plan.
        given: An array of NumPy or of the backend, or a tensor, for each of its inputs.
    """
    first = given[0] if given else None
    if type(first) is Rows and plan.is_replayed:
        if all(type(x) is Rows for x in given):
            first.feed.run(plan, list(given))
            return
    write = plan.backend.write
    for to, x in zip(plan.inputs, given, strict=True):
        if x is not to:
            write(to, x._array if isinstance(x, Tensor) else x)
    plan.run()
