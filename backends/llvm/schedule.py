"""Schedule: which loops there are, and what each of them does.

What must be done, stores and reductions, decides which loops there are. A loop over an
axis runs as often as reductions over that axis wait for each other; values that are
dear and needed in a later loop are kept in memory, others computed again.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from kerasish.backends.llvm.nodes import DEAR, Node

__all__ = ["Keep", "Root", "Schedule", "ordered"]


class Root(NamedTuple):
    """Something to be done.

    Args:
        kind: "reduce", "store" or "spill", which keeps a value for a later loop.
        node: What is reduced, stored or kept.
        axes: The loop axes it is done along; those of an output in memory order.
        place: The place of an output, or the number of what is kept.
    """

    kind: str
    node: Node
    axes: tuple[int, ...]
    place: int = 0

    @property
    def value(self) -> Node:
        """What has to be computed for it."""
        return self.node.args[0] if self.kind == "reduce" else self.node


class Keep(NamedTuple):
    """A value that later loops read back.

    Args:
        time: When it is computed.
        node: The value.
        root: The store that writes it anyhow, if there is one.
    """

    time: int
    node: Node
    root: Root | None


class Schedule:
    """The things to be done for some outputs.

    Args:
        outputs: For each output its node and axes in memory.
    """

    def __init__(self, outputs: Iterable[tuple[Node, tuple[int, ...]]]) -> None:
        self._reach: dict[Node, frozenset[Node]] = {}
        self.roots = [
            Root("store", x, memory, i) for i, (x, memory) in enumerate(outputs)
        ]
        wanted: set[Node] = set()
        found = {q for root in self.roots for q in self.closure(root.node)}
        while found:  # reductions that others stand on
            wanted |= found
            found = {p for q in found for p in self.closure(q.args[0])} - wanted
        ordered = sorted(wanted, key=lambda q: q.number)
        self.roots += [Root("reduce", q, q.args[0].axes) for q in ordered]

    def is_divisible(self) -> bool:
        """Returns whether ranges of the first axis may run at the same time."""
        if not all(0 in root.axes for root in self.roots):
            return False
        if any(r.kind == "reduce" and r.node.detail == 0 for r in self.roots):
            return False
        return len(set(self.times(self.roots, 0).values())) == 1

    def closure(self, node: Node) -> frozenset[Node]:
        """Returns the reductions a node stands on directly, itself if it is one."""
        if node.kind == "reduce":
            return frozenset((node,))
        if node not in self._reach:
            found = [self.closure(x) for x in node.args]
            self._reach[node] = frozenset().union(*found)
        return self._reach[node]

    def times(self, roots: list[Root], axis: int) -> dict[Root, int]:
        """Returns when each root is done: odd times are loops over the axis."""
        times: dict[Root, int] = {}
        of_node = {r.node: r for r in roots if r.kind == "reduce"}

        def time(root: Root) -> int:
            if root in times:
                return times[root]
            looped = axis in root.axes
            earliest = 1 if looped else 0
            for q in self.closure(root.value):
                other = of_node.get(q)
                if other is None or other is root:
                    continue
                t = time(other)
                if q.detail == axis:
                    t += 1
                if t % 2 != looped:
                    t += 1
                earliest = max(earliest, t)
            times[root] = earliest
            return earliest

        for root in roots:
            time(root)
        return times

    def groups(self, roots: list[Root], axis: int) -> dict[int, list[Root]]:
        """Returns the roots by time, in the order of computation."""
        times = self.times(roots, axis)
        groups: dict[int, list[Root]] = {}
        for root in ordered(roots):
            groups.setdefault(times[root], []).append(root)
        return dict(sorted(groups.items()))

    def kept(
        self, groups: dict[int, list[Root]], axis: int, held: Collection[Node]
    ) -> Iterator[Keep]:
        """Yields what earlier groups compute and later ones read back.

        Args:
            groups: Roots by time.
            axis: The axis that odd groups loop over.
            held: Nodes that are in memory already.
        """
        seen: dict[Node, int] = {}
        planned: set[Node] = set()
        stored = {
            r.node: (time, r)
            for time, group in groups.items()
            for r in group
            if r.kind == "store" and r.node.axes == tuple(sorted(r.axes))
        }
        for time, group in groups.items():
            early = {x for x, (at, _) in stored.items() if at < time}
            for node in _reread(group, axis, time, seen, early, held):
                if node in planned:
                    continue
                planned.add(node)
                if node in early:
                    yield Keep(stored[node][0], node, stored[node][1])
                else:
                    yield Keep(seen[node], node, None)


def ordered(roots: Iterable[Root]) -> list[Root]:
    """Returns roots in the order of computation."""
    return sorted(roots, key=lambda r: (r.node.number, r.kind, r.place))


def _reread(
    roots: list[Root],
    axis: int,
    time: int,
    seen: dict[Node, int],
    stored: set[Node],
    held: Collection[Node],
) -> Iterator[Node]:
    """Yields the nodes that earlier groups must keep for these roots."""
    done: set[Node] = set()
    kept: set[Node] = set()
    own = {r.node for r in roots if r.kind == "reduce"}
    for node in own:
        seen.setdefault(node, time)
    stack = [root.value for root in roots]
    while stack:
        node = stack.pop()
        if node in done or node in held or not _is_inner(node, axis):
            continue
        done.add(node)
        early = seen.get(node, time) < time
        if node.kind == "reduce":
            wanted = early and node not in own
        else:
            wanted = (early and node.cost >= DEAR) or (node in stored and node.cost > 0)
        if wanted:
            kept.add(node)
            yield node
        elif node.kind != "reduce":
            stack.extend(node.args)
    for node in done - kept:
        seen.setdefault(node, time)


def _is_inner(node: Node, axis: int) -> bool:
    """Returns whether a node is lost after the loops over an axis and those inside."""
    ends_here = node.kind == "reduce" and node.detail == axis
    return bool(node.axes) and node.axes[-1] >= axis and not ends_here
