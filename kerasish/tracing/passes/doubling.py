"""Doubling: what goes into two concatenations is written into both by its kernel.

A kernel writes its result to where a concatenation wants it, which can be one place.
With a second result that equals the first, nothing is left to be copied.
"""

from collections.abc import Callable
from typing import Any

from kerasish.tracing.graph import Graph, Node, Value

__all__ = ["Twin", "double_columns"]


class Twin:
    """Stands in a node for a primitive: another value with the same elements."""

    __name__ = "_twin"

    def function(self, x: Any) -> Any:
        """Returns the elements; a plan copies them."""
        return x


def double_columns(graph: Graph, fusible: Callable[[Node], bool]) -> None:
    """Gives concatenations along inner axes operands of their own.

    Args:
        graph: Changed in place.
        fusible: Whether a kernel may hold a node; only its results are doubled.
    """
    seen: set[int] = set()
    made: list[Node] = []
    for node in graph.nodes:
        if node.name == "_concatenate" and node.static["axis"]:
            inputs = []
            for v in node.inputs:
                if id(v) in seen and v.producer is not None and fusible(v.producer):
                    made.append(_twin(v))
                    v = made[-1].output
                seen.add(id(v))
                inputs.append(v)
            node.inputs = tuple(inputs)
        made.append(node)
    graph.nodes = made


def _twin(value: Value) -> Node:
    made = Value(value.shape, value.dtype, "node")
    scope = value.producer.scope if value.producer is not None else ""
    return Node(Twin(), [value], {}, [made], True, scope)
