"""Lanes: steps that work row by row, on threads that need not wait for each other.

A recurrent network is hundreds of small steps, each too short to be shared: two cores
would spend more on handing results over than on computing them. But a row of a batch
needs no other row. So a run of such steps is cut along the rows; each thread takes its
rows through all of the steps, and they meet once at the end.

A step that can be cut has a method `cut(rows, shared)` for its share of the rows, and
`extents(rows)` for the memory that the share reads and writes. Which steps may run in
one go follows from these alone: no lane may touch what another writes.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from kerasish.backends.llvm.calls import RUN, Calls
from kerasish.backends.llvm.team import PARALLEL, team

__all__ = ["Extents", "Rows", "in_lanes"]

FEWEST = 16  # steps that repay waking the threads
OFTEN = 4  # products with the same weights that repay putting them in order
Step = Callable[[], Any]
Extent = tuple[int, int]  # addresses of bytes: the first, and the one after the last


class Rows(NamedTuple):
    """A lane's share: the part `number` of `lanes` equal parts of the rows."""

    number: int
    lanes: int

    def of(self, size: int) -> tuple[int, int]:
        """Returns the range that the share is of an axis."""
        return (
            size * self.number // self.lanes,
            size * (self.number + 1) // self.lanes,
        )


class Extents:
    """A set of bytes in memory, as ranges that do not touch."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._stops: list[int] = []

    def add(self, start: int, stop: int) -> None:
        """Adds a range."""
        first = bisect_left(self._stops, start)
        last = first
        while last < len(self._starts) and self._starts[last] <= stop:
            last += 1
        if first < last:
            start = min(start, self._starts[first])
            stop = max(stop, self._stops[last - 1])
        self._starts[first:last] = [start]
        self._stops[first:last] = [stop]

    def meets(self, start: int, stop: int) -> bool:
        """Returns whether a byte of a range is in the set."""
        i = bisect_left(self._stops, start + 1)
        return i < len(self._starts) and self._starts[i] < stop


class _Lane:
    """What one thread would touch."""

    def __init__(self) -> None:
        self.reads, self.writes = Extents(), Extents()

    def take(self, reads: Iterable[Extent], writes: Iterable[Extent]) -> None:
        """Notes what a step of it touches."""
        for extent in reads:
            self.reads.add(*extent)
        for extent in writes:
            self.writes.add(*extent)

    def bars(self, reads: Iterable[Extent], writes: Iterable[Extent]) -> bool:
        """Returns whether another lane must not touch what it wants to."""
        return any(self.writes.meets(*e) for e in reads) or any(
            self.writes.meets(*e) or self.reads.meets(*e) for e in writes
        )


def in_lanes(
    steps: Sequence[Step], count: int, address: Callable[[str], int]
) -> list[Step]:
    """Returns steps to the same effect, long runs of them on several threads.

    Args:
        steps: A plan's steps, in order.
        count: The number of threads.
        address: Returns where the machine code of a source is.
    """
    made: list[Step] = []
    run: list[Any] = []
    lanes = [_Lane() for _ in range(count)]

    def end() -> None:
        together = _together(run, count, address) if len(run) >= FEWEST else None
        made.extend(run if together is None else [together])
        run.clear()
        lanes[:] = [_Lane() for _ in range(count)]

    for step in steps:
        touched = _extents(step, count)
        if not _fits(touched, lanes):
            end()
            if not _fits(touched, lanes):  # not even alone
                made.append(step)
                continue
        run.append(step)
        for lane, (reads, writes) in zip(lanes, touched, strict=True):
            lane.take(reads, writes)
    end()
    return made


def _extents(step: Any, count: int) -> list[tuple[list[Extent], list[Extent]]]:
    """Returns what each lane would read and write; nothing if a step stays whole."""
    found = getattr(step, "extents", None)
    each = [found(Rows(n, count)) for n in range(count)] if found else []
    return [] if None in each else each


def _fits(touched: Any, lanes: list[_Lane]) -> bool:
    """Returns whether a step can be cut, and lanes stay apart with it."""
    for n, (reads, writes) in enumerate(touched):
        others = [lane for m, lane in enumerate(lanes) if m != n]
        own = _Lane()
        own.take((), writes)
        if any(lane.bars(reads, writes) for lane in others):
            return False
        if any(own.bars(*row) for m, row in enumerate(touched) if m != n):
            return False
    return bool(touched)


def _together(run: list[Any], count: int, address: Callable[[str], int]) -> Step | None:
    """Returns a run of steps as one, or None where one cannot be cut after all."""
    crew = team()
    if crew is None:
        return None
    uses = Counter(getattr(step, "weights", None) for step in run)
    shared: dict[Any, list[Any]] = {
        key: [] for key, number in uses.items() if key and number >= OFTEN
    }
    code = Calls(address, count * len(run))
    lanes = []
    for n in range(count):
        shares = [step.cut(Rows(n, count), shared) for step in run]
        if any(share is None for share in shares):
            return None
        lanes.append(code.table(shares))
    before = [packed.pack for held in shared.values() for packed in held]
    *call, data = crew.call(address(PARALLEL), address(RUN), lanes, count)
    return _Together(before, call, code, data)


class _Together:
    """The call that runs all lanes, and what lives as long as it."""

    is_native = True

    def __init__(
        self, before: Sequence[Step], call: Sequence[Any], code: Calls, kept: Any
    ) -> None:
        self._before = before
        self._start, *self._given = call
        self._code = code
        self._kept = kept

    def __call__(self) -> None:
        for step in self._before:
            step()
        self._start(*self._given)
        self._code.check()
