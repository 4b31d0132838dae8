"""Recomputation: what is cheaper to compute again than to write down and read.

A kernel that reads `x` and a cheap function of `x` moves less memory if it computes the
function itself; where all its readers do so, it need not be written. This matters
where arrays do not fit the cache: a kernel is then as slow as what it moves.
"""

from collections.abc import Iterable
from typing import Any

from kerasish.tracing.graph import Graph, Node, Value

__all__ = ["recompute"]

# One instruction or two for an element, nothing that is drawn, and no function.
CHEAP = frozenset(
    {
        *(
            "add",
            "add_gradients",
            "broadcast_to",
            "cast_to",
            "greater",
            "greater_equal",
        ),
        *("less", "less_equal", "maximum", "minimum", "multiply", "negative", "relu"),
        *("square", "subtract", "_choose"),
    }
)
MOST = 6  # nodes that are computed again for one value
LARGE = 1 << 16  # elements of a value that is worth it


def recompute(graph: Graph, groups: Iterable[Any], largest: int) -> None:
    """Lets groups of nodes compute cheap values that other groups have computed.

    Args:
        graph: The graph that they are of.
        groups: Sets of nodes that will be one kernel each, with `nodes` and `domain`.
        largest: The most nodes of a group.
    """
    kernels = [g for g in groups if g.domain is not None]
    home = {id(v): g for g in kernels for n in g.nodes for v in n.outputs}
    wanted = {id(v) for v in graph.results()}
    readers: dict[int, set[int]] = {}  # by value, the groups that read it
    for group in kernels:
        _note(group, readers)
    for group in kernels:
        _take(group, home, wanted, largest, readers)


def _note(group: Any, readers: dict[int, set[int]]) -> None:
    for node in group.nodes:
        for v in node.inputs:
            readers.setdefault(id(v), set()).add(id(group))


def _take(
    group: Any,
    home: dict[int, Any],
    wanted: set[int],
    largest: int,
    readers: dict[int, set[int]],
) -> None:
    changed = True
    while changed:
        changed = False
        reads = {id(v): v for n in group.nodes for v in n.inputs}
        outside = {i: v for i, v in reads.items() if home.get(i) is not group}
        for value in outside.values():
            if value.size < LARGE or id(value) not in home:
                continue
            nodes, leaves = _expression(value, home, outside)
            if not nodes or len(group.nodes) + len(nodes) > largest:
                continue
            more = [v for v in leaves if v.size > value.size // 16]
            more = [v for v in more if id(v) not in outside]
            others = readers[id(value)] - {id(home[id(value)])}
            free = id(value) not in wanted and len(others) == 1
            # A narrower operand is less to read, and if all read it nobody writes.
            free = free or all(v.nbytes < value.nbytes for v in more)
            if not more or (len(more) == 1 and free):
                _copy(group, value, nodes, home)
                readers[id(value)].discard(id(group))
                _note(group, readers)
                changed = True
                break


def _expression(
    value: Value, home: dict[int, Any], outside: dict[int, Value]
) -> tuple[list[Node], list[Value]]:
    """Returns the nodes that compute a value, in order, and what they read.

    They end where a value is read anyhow, or is not cheap to compute.
    """
    nodes: list[Node] = []
    entered: dict[int, Node] = {}
    leaves: dict[int, Value] = {}

    def visit(v: Value, is_root: bool) -> None:
        node = v.producer
        cheap = node is not None and node.name in CHEAP and id(v) in home
        small = v.size <= value.size // 16
        if not is_root and (id(v) in outside or small or not cheap):
            leaves[id(v)] = v
        elif not cheap or node is None:
            leaves[id(v)] = v
        elif len(entered) <= MOST and id(node) not in entered:
            entered[id(node)] = node
            for x in node.inputs:
                visit(x, False)
            nodes.append(node)

    visit(value, True)
    if id(value) in leaves or len(entered) > MOST:
        return [], []
    return nodes, list(leaves.values())


def _copy(group: Any, value: Value, nodes: list[Node], home: dict[int, Any]) -> None:
    """Puts copies of nodes at the start of a group, and reads their last result."""
    made: dict[int, Value] = {}
    copies = []
    for node in nodes:
        old = node.output
        new = made[id(old)] = Value(old.shape, old.dtype, "node")
        inputs = [made.get(id(v), v) for v in node.inputs]
        copies.append(Node(node.rule, inputs, node.static, [new], scope=node.scope))
        home[id(new)] = group
    for node in group.nodes:
        node.inputs = tuple(made[id(v)] if v is value else v for v in node.inputs)
    group.nodes = [*copies, *group.nodes]
