"""Epilogues: a product takes the bias and the activation after it along.

So does a convolution, whose windows are multiplied as the rows of a matrix.
"""

from collections.abc import Collection
from typing import Any

from kerasish.tracing.graph import Graph, Node, Value

__all__ = ["Dense", "join_epilogues"]

JOINED = {"matmul": "dense", "_conv": "conv_dense"}


class Dense:
    """Stands in a node for a primitive: `activation(product(x1, x2) + bias)`.

    Args:
        nodes: The product, the sum, and the activation if there is one.
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
        for node in rest:
            made = node.rule.function(made)
        return made


def join_epilogues(graph: Graph, activations: Collection[str]) -> None:
    """Joins products and convolutions with the bias and activation that follow.

    Args:
        graph: Changed in place.
        activations: Names of primitives that a product may end with.
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
        end = _only(total.output, uses, after)
        if end is not None and end.name in activations:
            nodes.append(end)
        activation = nodes[2].name if len(nodes) > 2 else None
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
