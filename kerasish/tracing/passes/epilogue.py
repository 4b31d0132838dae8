"""Epilogues: a product takes the bias and the activation after it along.

So does a convolution, whose windows are multiplied as the rows of a matrix. On the way
back the product that makes a weight's gradient reads all rows of the output's gradient,
whose sums are that of the bias.
"""

from collections.abc import Callable, Collection
from typing import Any

from kerasish.tracing.graph import Graph, Node, Value
from kerasish.tracing.passes.gelu import gelu_of

__all__ = ["Dense", "DenseGradients", "join_epilogues", "join_sums"]

JOINED = {"matmul": "dense", "_conv": "conv_dense"}
RESHAPES = ("_reshape", "_reshaped")


class Dense:
    """Stands in a node for a primitive: `activation(product(x1, x2) + bias)`.

    Args:
        nodes: The product, the sum, and those of the activation if there is one.
    """

    def __init__(self, nodes: list[Node]) -> None:
        self._nodes = nodes
        self.__name__ = JOINED[nodes[0].name]

    def function(
        self, x1: Any, x2: Any, bias: Any, activation: str | None, **static: Any
    ) -> Any:
        """Computes it node by node, where no kernel does it at once."""
        product, total, *rest = self._nodes
        made = product.rule.function(x1, x2, **static)
        made = total.rule.function(made, bias)
        held = {id(total.output): made}
        for node in rest:
            given = (held.get(id(v), v.source) for v in node.inputs)
            held[id(node.output)] = made = node.rule.function(*given, **node.static)
        return made


class DenseGradients:
    """Stands in a node for a primitive: `x1 @ x2`, and the sums of the rows of `x2`.

    Args:
        product: The node of the product.
        total: That of the sums.
    """

    __name__ = "dense_gradients"

    def __init__(self, product: Node, total: Node) -> None:
        self._product, self._total = product, total

    def function(self, x1: Any, x2: Any) -> tuple[Any, Any]:
        """Computes both, where no kernel does it at once."""
        sums = self._total.rule.function(x2, shape=x2.shape[-1:])
        shape = self._total.output.shape
        return self._product.rule.function(x1, x2), sums.reshape(shape)


def join_epilogues(graph: Graph, activations: Collection[str]) -> None:
    """Joins products and convolutions with the bias and activation that follow.

    Args:
        graph: Changed in place.
        activations: Names of primitives that a product may end with, and "gelu" for
            the formula with tanh.
    """
    uses = graph.uses()
    after: dict[int, list[Node]] = {}
    for node in graph.nodes:
        for v in node.inputs:
            after.setdefault(id(v), []).append(node)
    last: dict[int, Node] = {}  # last node of a chain -> what stands for it
    taken: set[int] = set()
    for node in graph.nodes:
        if not _is_joined(node):
            continue
        total = _only(node.output, uses, after)
        bias = _bias(total, node.output) if total is not None else None
        if total is None or bias is None or id(total) in taken:
            continue
        nodes = [node, total]
        activation, end = None, _only(total.output, uses, after)
        if end is not None and end.name in activations:
            activation = end.name
            nodes.append(end)
        elif "gelu" in activations and node.name == "matmul":
            found = gelu_of(total.output, uses, after)
            activation = "gelu" if found else None
            nodes += found
        made = Node(
            Dense(nodes),
            (*node.inputs, bias),
            {**node.static, "activation": activation},
            nodes[-1].outputs,
            scope=node.scope,
        )
        last[id(nodes[-1])] = made
        taken.update(id(n) for n in nodes)
    graph.nodes = [
        last.get(id(node), node)
        for node in graph.nodes
        if id(node) not in taken or id(node) in last
    ]


def join_sums(graph: Graph, along: Callable[[Node], bool]) -> None:
    """Has products sum the rows of an operand, where else a step would do only that.

    Args:
        graph: Changed in place.
        along: Whether the step that computes a node's result could sum it up as well.
    """
    totals = {
        id(_source(node.inputs[0])): node
        for node in reversed(graph.nodes)
        if node.name == "_sum_to" and _is_alone(node, along)
    }
    replaced: dict[int, Node | None] = {}
    for node in graph.nodes:
        rows = node.inputs[1] if node.name == "matmul" else None
        total = totals.get(id(_source(rows))) if rows is not None else None
        if rows is None or total is None or id(total) in replaced:
            continue
        if _is_of_rows(total, rows) and not _needs(node, total):
            outputs = *node.outputs, total.output
            rule = DenseGradients(node, total)
            made = Node(rule, node.inputs, {}, outputs, False, node.scope)
            replaced.update({id(total): None, id(node): made})
    nodes = [replaced.get(id(node), node) for node in graph.nodes]
    graph.nodes = _in_order([node for node in nodes if node is not None])


def _needs(node: Node, other: Node) -> bool:
    """Returns whether a node reads what comes from another."""
    stack, seen = [node], {id(node)}
    while stack:
        above = [v.producer for v in stack.pop().inputs if v.producer is not None]
        if any(n is other for n in above):
            return True
        stack += [n for n in above if id(n) not in seen]
        seen.update(map(id, above))
    return False


def _in_order(nodes: list[Node]) -> list[Node]:
    """Returns nodes in their order, but each after those that it needs."""
    waiting = {id(node) for node in nodes}
    made: list[Node] = []
    for first in nodes:
        stack = [first]
        while stack:
            above = (v.producer for v in stack[-1].inputs)
            needed = [n for n in above if n is not None and id(n) in waiting]
            if needed:
                stack += needed
                continue
            node = stack.pop()
            if id(node) in waiting:
                waiting.remove(id(node))
                made.append(node)
    return made


def _source(value: Value) -> Value:
    """Returns what a value is a reshape of."""
    while value.producer is not None and value.producer.name in RESHAPES:
        value = value.producer.inputs[0]
    return value


def _is_alone(total: Node, along: Callable[[Node], bool]) -> bool:
    """Returns whether nobody computes a sum along with what is summed."""
    node = total.inputs[0].producer
    if node is None:
        return True
    if node.name in RESHAPES:  # one step with it, if it has to copy
        before = node.inputs[0].producer
        return before is None or before.name != "_transpose"
    return not along(node)


def _is_of_rows(total: Node, rows: Value) -> bool:
    """Returns whether all rows are summed of what is a reshape of a matrix."""
    ends = {x.shape[-1:] for x in (rows, total.inputs[0], total.output)}
    return len(rows.shape) == 2 and ends == {(total.output.size,)}


def _is_joined(node: Node) -> bool:
    if node.name == "matmul":
        return len(node.output.shape) == 2
    return node.name == "_conv" and node.static["groups"] == 1


def _only(value: Value, uses: dict[int, int], after: dict[int, list[Node]]) -> Any:
    """Returns the node that alone reads a value, or None."""
    readers = after.get(id(value), [])
    return readers[0] if uses.get(id(value)) == 1 and len(readers) == 1 else None


def _bias(total: Node, product: Value) -> Value | None:
    if total.name != "add" or total.output.shape != product.shape:
        return None
    others = [v for v in total.inputs if v is not product]
    columns = product.shape[-1:]
    if len(others) != 1 or others[0].shape[-1:] != columns:
        return None
    # Axes of size 1 before the columns add nothing.
    return others[0] if others[0].size == columns[0] else None
