"""Packing: the same update of many variables becomes one over all of them.

An optimizer does the same sum for every weight. Where weights, slots and gradients lie
side by side, one loop over the whole buffer does it for all. The update of a table from
a few rows stays apart, as these rows need not become a table (`passes/rows.py`).
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from kerasish.backends.base.chain import Call, Chain, Slot
from kerasish.tracing.graph import Graph, Node, Value
from kerasish.tracing.homes import offsets
from kerasish.tracing.packed import Fused
from kerasish.tracing.passes.common import key_of
from kerasish.tracing.passes.rows import is_rows
from kerasish.tracing.placing import RESHAPES

__all__ = ["ELEMENTWISE", "pack_updates", "take_sources"]

ELEMENTWISE = frozenset(
    "absolute add add_gradients _choose _clip cast_to ceil cos divide divide_no_nan "
    "equal exp expm1 floor greater greater_equal isfinite less less_equal log log1p "
    "logical_and logical_not logical_or maximum minimum multiply negative not_equal "
    "power relu rsqrt sigmoid sign sin sqrt square subtract tanh trunc".split()
)


class _Update(NamedTuple):
    """The update of one variable and its slots."""

    nodes: list[Node]
    leaves: list[Value]  # of the variable's shape
    scalars: list[Value]
    targets: list[tuple[Any, Value]]
    signature: Any


def pack_updates(graph: Graph) -> None:
    """Joins equal updates of several variables into one node each kind.

    Args:
        graph: Changed in place.
    """
    groups: dict[Any, list[_Update]] = {}
    for update in _find_updates(graph):
        groups.setdefault(update.signature, []).append(update)
    taken: set[int] = set()
    used: set[int] = set()  # values that have their place in a row
    packed: list[Node] = []
    for group in groups.values():
        pays = len(group) > 1 or any(is_rows(v) for v in group[0].leaves)
        if pays and _is_packable(graph, group, used):
            packed.append(_pack(group))
            used.update(id(v) for update in group for v in update.leaves)
            taken.update(id(node) for update in group for node in update.nodes)
    graph.nodes = [node for node in graph.nodes if id(node) not in taken] + packed
    take_sources(graph)


def take_sources(graph: Graph) -> None:
    """Has rows hold what values are reshaped of, which then is written there at once.

    A packed value that is a view would have to be copied to its place.

    Args:
        graph: Changed in place.
    """
    packed = [node for node in graph.nodes if isinstance(node.rule, Fused)]
    kept = {id(v) for v in graph.results()}
    kept.update(id(v) for n in packed for row in n.rule.rows_in for v in row)
    for node in packed:
        for row in node.rule.rows_in:
            for k, v in enumerate(row if len(row) > 1 else ()):
                while (made := v.producer) is not None and made.name in RESHAPES:
                    source = made.inputs[0]
                    if source.kind != "node" or id(source) in kept:
                        break
                    v = row[k] = source
                kept.add(id(v))
        node.inputs = tuple(v for row in node.rule.rows_in for v in row)


def _find_updates(graph: Graph) -> Iterable[_Update]:
    users: dict[int, list[Node]] = {}
    for node in graph.nodes:
        for value in node.inputs:
            users.setdefault(id(value), []).append(node)
    returned = {id(v) for v in graph.outputs}
    marked = any("optimizer" in node.scope for node in graph.nodes)
    region: dict[int, int] = {}  # node -> the first target of its update
    members: dict[int, list[int]] = {}
    for i, (variable, value) in enumerate(graph.updates):
        if id(value) in returned or not variable.shape:
            continue
        members[i] = [i]
        for node in _above(value, variable.shape, marked):
            other = region.setdefault(id(node), i)
            if other != i and other in members:
                for j in members.pop(other):
                    members[i].append(j)
                region.update({k: i for k, v in region.items() if v == other})
    for i, targets in members.items():
        made = _update(graph, i, sorted(targets), region, users)
        if made is not None:
            yield made


def _above(value: Value, shape: tuple[int, ...], marked: bool) -> Iterable[Node]:
    """Yields the element-wise nodes of a shape that a value comes from.

    Where the optimizer's nodes are marked it is only these, so that the gradients are
    where updates begin, however they were computed.
    """
    stack, seen = [value], set()
    while stack:
        node = stack.pop().producer
        if node is None or id(node) in seen or not _fits(node, shape):
            continue
        if marked and "optimizer" not in node.scope and node.name != "cast_to":
            continue
        seen.add(id(node))
        yield node
        stack.extend(node.inputs)


def _fits(node: Node, shape: tuple[int, ...]) -> bool:
    return (
        node.name in ELEMENTWISE
        and node.output.shape == shape
        and all(v.shape in (shape, ()) for v in node.inputs)
    )


def _update(
    graph: Graph,
    i: int,
    targets: list[int],
    region: dict[int, int],
    users: dict[int, list[Node]],
) -> _Update | None:
    nodes = [node for node in graph.nodes if region.get(id(node)) == i]
    pairs = [graph.updates[j] for j in targets]
    results = {id(v) for v in graph.results()}
    nodes = _closed(nodes, {id(v) for _, v in pairs}, results, users)
    inside = {id(node.output): n for n, node in enumerate(nodes)}
    if any(id(value) not in inside for _, value in pairs):
        return None
    leaves: list[Value] = []
    scalars: list[Value] = []
    places: dict[int, Any] = {}
    lines = []
    variables = {id(variable): n for n, (variable, _) in enumerate(pairs)}
    for node in nodes:
        for v in node.inputs:
            if id(v) in inside or id(v) in places:
                continue
            if v.shape == ():
                places[id(v)] = ("shared", id(v))
                scalars.append(v)
            else:
                own = variables.get(id(v.source)) if v.kind == "variable" else None
                alone = id(v) if is_rows(v) else None  # what reads rows is not joined
                places[id(v)] = ("leaf", len(leaves), own, v.kind, v.dtype, alone)
                leaves.append(v)
        given = tuple(
            inside[id(v)] if id(v) in inside else places[id(v)] for v in node.inputs
        )
        lines.append((node.name, key_of(node.static), given, node.output.dtype))
    read = {place[2] for place in places.values() if place[0] == "leaf"}
    if not read.issuperset(range(len(pairs))):
        return None  # rows of variables that are written lie in the rows that are read
    ends = tuple(inside[id(value)] for _, value in pairs)
    dtypes = tuple(variable._dtype for variable, _ in pairs)
    return _Update(nodes, leaves, scalars, pairs, (tuple(lines), ends, dtypes))


def _closed(
    nodes: list[Node],
    targets: set[int],
    results: set[int],
    users: dict[int, list[Node]],
) -> list[Node]:
    """Leaves out nodes that somebody outside reads, and those above them."""
    while True:
        held = {id(node) for node in nodes}
        kept = [
            node
            for node in nodes
            if all(id(user) in held for user in users.get(id(node.output), ()))
            and (id(node.output) in targets or id(node.output) in users)
            and (id(node.output) in targets or id(node.output) not in results)
        ]
        if len(kept) == len(nodes):
            return nodes
        nodes = kept


def _is_packable(graph: Graph, group: list[_Update], used: set[int]) -> bool:
    """Returns whether the members' values can lie side by side."""
    leaves = [v for update in group for v in update.leaves]
    if len({id(v) for v in leaves}) < len(leaves):
        return False
    if any(v.kind not in ("node", "variable") for v in leaves):
        return False
    kept = {id(v) for v in graph.results()}
    if any(id(v) in kept for v in leaves):
        return False
    return not any(id(v) in used for v in leaves)


def _pack(group: list[_Update]) -> Node:
    first = group[0]
    rows = [[update.leaves[k] for update in group] for k in range(len(first.leaves))]
    rows_out = [
        [update.targets[k][1] for update in group] for k in range(len(first.targets))
    ]
    _, size = offsets([update.leaves[0] for update in group])
    if len(group) == 1:
        size = first.leaves[0].size
    slots: list[Slot] = []
    place: dict[int, int] = {}
    for v in first.leaves:
        place[id(v)] = len(slots)
        slots.append(Slot((size,), v.dtype))
    for v in first.scalars:
        place[id(v)] = len(slots)
        slots.append(Slot((), v.dtype))
    given = tuple(range(len(slots)))
    calls = []
    for node in first.nodes:
        inputs = tuple(place[id(v)] for v in node.inputs)
        place[id(node.output)] = len(slots)
        slots.append(Slot((size,), node.output.dtype))
        static = tuple(sorted(node.static.items()))
        calls.append(Call(node.name, inputs, place[id(node.output)], static))
    ends = tuple(place[id(row[0])] for row in rows_out)
    chain = Chain(tuple(slots), given, tuple(calls), ends, ends)
    rows += [[v] for v in first.scalars]
    rule = Fused(chain, rows, rows_out)
    read = [v for row in rows for v in row]
    written = [v for row in rows_out for v in row]
    return Node(rule, read, {}, written, False, first.nodes[0].scope)
