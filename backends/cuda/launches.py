"""Launches: which of a program's stores and reductions one kernel does.

A reduction ends with the grid, so what stands on one comes in a later launch, unless
the threads that need it are those that computed it: those of a row, or, after the last
block, those of a column.
"""

from collections.abc import Iterator
from math import prod
from typing import NamedTuple

from kerasish.backends.llvm.nodes import Node, Program
from kerasish.backends.llvm.schedule import Root, Schedule, ordered

__all__ = ["Launch", "launches_of"]

FEW_ROWS, LONG = 128, 8192  # rows that are split among blocks: too few, and this long


class Launch(NamedTuple):
    """What one kernel does.

    Args:
        kind: "flat", each thread some elements; "rows", some threads a row that they
            reduce; "columns", each thread some columns and a share of their rows.
        axes: The loop axes, outer ones first.
        reduced: The axis that is reduced, None in a flat launch.
        passes: What is done along all axes, one pass over the reduced axis each.
        after: What is done with the results of reductions, along the other axes.
        is_split: Whether blocks share rows.
    """

    kind: str
    axes: tuple[int, ...]
    reduced: int | None
    passes: tuple[tuple[Root, ...], ...]
    after: tuple[Root, ...] = ()
    is_split: bool = False

    @property
    def roots(self) -> set[Root]:
        """All that it does."""
        return {r for group in self.passes for r in group}.union(self.after)

    @property
    def reduces(self) -> list[Node]:
        """The reductions that it computes."""
        return [r.node for group in self.passes for r in group if r.kind == "reduce"]

    @property
    def kept(self) -> tuple[int, ...]:
        """The axes that are not reduced."""
        return tuple(a for a in self.axes if a != self.reduced)


def launches_of(program: Program) -> tuple[list[Launch], dict[int, set[Node]]]:
    """Returns the launches of a program, in order.

    Returns:
        The launches; and for each, by its place, the reductions that later ones need.
    """
    schedule = Schedule(program.outputs)
    waiting, done = ordered(schedule.roots), set[Node]()
    made: list[Launch] = []
    needed: dict[int, set[Node]] = {}
    source: dict[Node, int] = {}
    while waiting:
        launch = _next(program, schedule, waiting, done)
        own, taken = set(launch.reduces), launch.roots
        for root in taken:
            for q in schedule.closure(root.value) - own:
                needed.setdefault(source[q], set()).add(q)
        source.update(dict.fromkeys(own, len(made)))
        made.append(launch)
        done |= own
        waiting = [r for r in waiting if r not in taken]
    return made, needed


def _next(
    program: Program, schedule: Schedule, waiting: list[Root], done: set[Node]
) -> Launch:
    """Returns a launch for some of what waits: reductions first, those of rows."""
    ready = [r for r in waiting if schedule.closure(r.value) <= done]
    reduces = [r for r in ready if r.kind == "reduce"]
    first = next((r for r in reduces if _is_row(r)), reduces[0] if reduces else None)
    if first is None:
        axes = tuple(sorted(ready[0].axes))
        group = tuple(r for r in ready if tuple(sorted(r.axes)) == axes)
        return Launch("flat", axes, None, (group,))
    axes, reduced = first.axes, first.node.detail
    kept = tuple(a for a in axes if a != reduced)
    size, rows = program.sizes[reduced], prod(program.sizes[a] for a in kept)
    is_row = _is_row(first)
    is_split = size >= LONG and rows < FEW_ROWS if is_row else True
    times: dict[Root, int] = {}
    of_node: dict[Node, int] = {}
    after = []
    for root, rest in _joining(schedule, waiting, done, axes, kept, reduced, of_node):
        if sorted(root.axes) == list(kept) and root.kind == "store":
            after.append(root)
        elif not (rest and (is_split or not is_row)):
            times[root] = max((of_node[q] + 1 for q in rest), default=0)
            if root.kind == "reduce":
                of_node[root.node] = times[root]
    passes = tuple(
        tuple(r for r in times if times[r] == t) for t in range(max(times.values()) + 1)
    )
    kind = "rows" if is_row else "columns"
    return Launch(kind, axes, reduced, passes, tuple(after), is_split)


def _is_row(root: Root) -> bool:
    return bool(root.node.detail == root.axes[-1])


def _joining(
    schedule: Schedule,
    waiting: list[Root],
    done: set[Node],
    axes: tuple[int, ...],
    kept: tuple[int, ...],
    reduced: int,
    own: dict[Node, int],
) -> Iterator[tuple[Root, set[Node]]]:
    """Yields what could be done along the same axes, and which own results it needs."""
    for root in waiting:
        rest = schedule.closure(root.value) - done
        if not rest <= own.keys():
            continue
        if root.kind == "reduce":
            if root.axes == axes and root.node.detail == reduced:
                yield root, set(rest)
        elif tuple(sorted(root.axes)) in (axes, kept):
            yield root, set(rest)
