"""Fusion: element-wise nodes and reductions over one domain become one kernel.

The nodes are gathered from the end of the graph to its start: each joins the kernel of
those that use it, if its loop runs over the same domain and nothing in between would
have to run both before and after the kernel.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from kerasish.backends.base.chain import Call, Chain, Slot
from kerasish.tracing.graph import Graph, Node, Value
from kerasish.tracing.memory import VIEWS
from kerasish.tracing.packed import Fused
from kerasish.tracing.passes.recomputation import recompute

__all__ = ["fuse"]

LARGEST = 64  # calls in a kernel: compilers slow down beyond
NARROW = 8  # columns: fewer are copied rather than read from where they lie apart
REDUCTIONS = ("sum", "mean", "_max", "_min", "_argmax", "_argmin", "_sum_to")


class _Group:
    """Nodes that will be one kernel, or a single node that stays as it is."""

    def __init__(self, number: int, node: Node, fusible: bool) -> None:
        self.bit = 1 << number
        self.nodes = [node]
        self.domain = _domain(node) if fusible else None
        self.below = 0  # bits of the groups that need this one, through others too
        self.reads = {id(v) for v in node.inputs}
        self.ended = {id(v) for v in node.outputs} if _ends(node) else set()


def fuse(graph: Graph, fusible: Callable[[Node], bool], again: bool = True) -> None:
    """Gathers nodes into fused ones.

    Args:
        graph: Changed in place.
        fusible: Whether a kernel may hold a node.
        again: Whether kernels compute again what is cheap.
    """
    order = {id(node): i for i, node in enumerate(graph.nodes)}
    groups: list[_Group] = []
    users: dict[int, list[_Group]] = {}
    for number, node in enumerate(reversed(graph.nodes)):
        consumers = _unique(g for v in node.outputs for g in users.get(id(v), ()))
        # A kernel would copy what only others read, and they can read a view.
        is_view = node.name in VIEWS and all(g.domain is None for g in consumers)
        fits = fusible(node) and _lines_up(node) and not is_view
        group = _Group(number, node, fits)
        for other in consumers:
            group.below |= other.bit | other.below
        groups.append(group)
        for v in node.inputs:
            users.setdefault(id(v), []).append(group)
        for other in consumers:
            if _may_join(group, other, users):
                _join(group, other, groups, users, order)
    scalars = [g for g in groups if g.domain is not None and _size(g.domain) == 1]
    for i, group in enumerate(scalars):
        for other in scalars[:i]:
            if other in groups and _may_join(group, other, users):
                _join(group, other, groups, users, order)
    if again:
        recompute(graph, groups, LARGEST)
    graph.nodes = _emit(graph, groups, order)


def _unique(groups: Any) -> list[_Group]:
    return list(dict.fromkeys(groups))


def _domain(node: Node) -> tuple[int, ...]:
    return node.inputs[0].shape if node.name in REDUCTIONS else node.output.shape


def _lines_up(node: Node) -> bool:
    """Returns whether a result's axes are its operand's, counted from the last.

    Those of `sum(x, axis=1)` of three are not, even where the sizes are equal.
    """
    if node.name not in REDUCTIONS or node.name == "_sum_to":
        return True
    x, axes = node.inputs[0].shape, node.static["axis"]
    rank = len(x)
    gone = range(rank) if axes is None else axes
    gone = [a % rank for a in (gone if isinstance(gone, Iterable) else (gone,))]
    kept = tuple(1 if i in gone else n for i, n in enumerate(x))
    last = not node.name.startswith("_arg") or gone == [rank - 1]
    return last and _aligned(node.output.shape, rank) == kept


def _ends(node: Node) -> bool:
    """Returns whether a result is only there when the whole loop has run."""
    if node.name not in REDUCTIONS:
        return False
    x, y = node.inputs[0].shape, node.output.shape
    return not (len(x) == len(y) and x[:1] == y[:1] and _prefix(y, x))


def _prefix(small: tuple[int, ...], large: tuple[int, ...]) -> bool:
    """Returns whether a shape is another with axes at its end of size 1."""
    if len(small) != len(large):
        return False
    same = 0
    while same < len(small) and small[same] == large[same]:
        same += 1
    return all(n == 1 for n in small[same:])


def _may_join(group: _Group, other: _Group, users: dict[int, list[_Group]]) -> bool:
    """Returns whether two groups can be one kernel."""
    if group.domain is None or other.domain is None:
        return False
    if len(group.nodes) + len(other.nodes) > LARGEST:
        return False
    small, large = sorted((group.domain, other.domain), key=_size)
    if not _prefix(small, large):
        return False
    # What a reduction leaves at the end cannot be read in the same loop.
    if group.ended & other.reads or other.ended & group.reads:
        return False
    return not (_is_between(group, other, users) or _is_between(other, group, users))


def _is_between(first: _Group, last: _Group, users: dict[int, list[_Group]]) -> bool:
    """Returns whether a third group needs one and is needed by another.

    It would have to run in the middle of their kernel.
    """
    if not first.below & last.bit:
        return False
    return any(
        g.below & last.bit
        for node in first.nodes
        for v in node.outputs
        for g in users.get(id(v), ())
        if g is not first and g is not last
    )


def _size(shape: tuple[int, ...]) -> int:
    return int(np.prod(shape, dtype=np.int64))


def _join(
    group: _Group,
    other: _Group,
    groups: list[_Group],
    users: dict[int, list[_Group]],
    order: dict[int, int],
) -> None:
    """Takes the nodes of another group into a group, and its place in the order."""
    group.nodes = sorted(group.nodes + other.nodes, key=lambda n: order[id(n)])
    if _size(other.domain or ()) > _size(group.domain or ()):
        group.domain = other.domain
    group.ended |= other.ended
    group.reads |= other.reads
    both = group.bit | other.bit
    group.below = (group.below | other.below) & ~both
    groups.remove(other)
    for v in {id(v): v for node in other.nodes for v in node.inputs}:
        users[v] = _unique(group if g is other else g for g in users[v])
    for g in groups:  # what lay above one of them lies above all that is below now
        if g is not group and g.below & both:
            g.below |= group.below | group.bit


def _emit(graph: Graph, groups: list[_Group], order: dict[int, int]) -> list[Node]:
    """Returns the nodes of the groups, each after those that it needs."""
    wanted = {id(v) for v in graph.results()}
    group_of = {id(v): g for g in groups for n in g.nodes for v in n.outputs}
    readers: dict[int, set[int]] = {}
    pitched = {id(v) for node in graph.nodes for v in _rows_apart(node)}
    for g in groups:
        for node in g.nodes:
            for v in node.inputs:
                readers.setdefault(id(v), set()).add(id(g))
    made: list[Node] = []
    done: set[int] = set()

    def visit(first: _Group) -> None:
        stack = [(first, False)]
        while stack:
            group, ready = stack.pop()
            if id(group) in done:
                continue
            if ready:
                done.add(id(group))
                made.append(_node(group, wanted, readers, pitched))
                continue
            stack.append((group, True))
            needed = [
                group_of[id(v)]
                for node in group.nodes
                for v in node.inputs
                if id(v) in group_of
            ]
            stack.extend(
                (g, False) for g in needed if id(g) not in done and g is not group
            )

    for group in sorted(
        groups, key=lambda g: max(order.get(id(n), 0) for n in g.nodes)
    ):
        visit(group)
    return made


def _node(
    group: _Group,
    wanted: set[int],
    readers: dict[int, set[int]],
    pitched: set[int],
) -> Node:
    if group.domain is None:
        return group.nodes[0]
    slots: list[Slot] = []
    place: dict[int, int] = {}
    given: list[Value] = []
    rank = len(group.domain)

    def slot(value: Value) -> int:
        if id(value) not in place:
            constant = _number(value)
            if constant is None:
                given.append(value)
            add(value, constant)
        return place[id(value)]

    def add(value: Value, constant: Any = None) -> None:
        place[id(value)] = len(slots)
        shape, apart = _aligned(value.shape, rank), id(value) in pitched
        slots.append(Slot(shape, value.dtype, constant, apart))

    calls: list[Call] = []
    for node in group.nodes:
        inputs = tuple(slot(v) for v in node.inputs)
        static = dict(node.static)
        if node.name in REDUCTIONS:
            static = _reduced(node, rank)
        add(node.output)
        calls.append(
            Call(
                node.name, inputs, place[id(node.output)], tuple(sorted(static.items()))
            )
        )
    results = [
        node.output
        for node in group.nodes
        if id(node.output) in wanted
        or any(reader != id(group) for reader in readers.get(id(node.output), ()))
    ]
    chain = Chain(
        tuple(slots),
        tuple(place[id(v)] for v in given),
        tuple(calls),
        tuple(place[id(v)] for v in results),
    )
    rule = Fused(chain, [[v] for v in given], [[v] for v in results], group.nodes)
    scope = " + ".join(dict.fromkeys(n.scope for n in group.nodes if n.scope))
    return Node(rule, given, {}, results, False, scope)


def _rows_apart(node: Node) -> Iterable[Value]:
    """Returns what are columns of one array: their rows may lie apart in memory."""
    if node.name == "gate_parts":
        values = node.outputs
    elif node.name == "_concatenate" and node.static["axis"]:
        values = node.inputs
    else:
        values = ()
    return (v for v in values if v.shape[-1] >= NARROW)


def _number(value: Value) -> Any:
    """Returns what all elements of a constant are, else None."""
    if value.kind != "constant" or not value.size:
        return None
    elements = value.numpy().reshape(-1)
    # By their bytes: 0.0 and -0.0 differ, and nan is nan.
    same = elements.tobytes() == elements[:1].tobytes() * value.size
    return elements[0].item() if same else None


def _aligned(shape: tuple[int, ...], rank: int) -> tuple[int, ...]:
    return (1,) * (rank - len(shape)) + tuple(shape)


def _reduced(node: Node, rank: int) -> dict[str, Any]:
    """Returns a reduction's arguments for operands of the domain's rank."""
    x, y = _aligned(node.inputs[0].shape, rank), _aligned(node.output.shape, rank)
    if node.name == "_sum_to":
        return {"shape": y}
    axes = tuple(i for i in range(rank) if x[i] != 1 and y[i] == 1)
    if node.name in ("_argmax", "_argmin"):
        return {"axis": rank - 1}
    return {"axis": axes, "keepdims": True}
