"""HostPart: the layers of a functional model that look up text, run on their own.

Text cannot be in a recorded step. So the layers that take it, and what stands before
them, run on each batch first; the rest of the model, from their outputs on, is the
step.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from kerasish.autodiff import Node, OpCall, Tensor
from kerasish.autodiff.mode import mode
from kerasish.core import tree
from kerasish.layers.preprocessing.host_layer import HostLayer, is_text
from kerasish.models.graph import Graph

__all__ = ["HostPart", "holds_text"]


def holds_text(structure: Any) -> bool:
    """Returns whether text is among arrays.

    Args:
        structure: Structure of arrays.

    Example:
        >>> holds_text([np.ones(2), np.array(["a"])])
        True
    """
    if not tree.is_nested(structure):
        return is_text(structure)
    return any(map(is_text, tree.flatten(structure)))


class HostPart:
    """The part of a graph that is computed before the step, and the rest.

    It has these attributes:

        rest: The graph from what `encoded` returns to the outputs.

    Args:
        graph: The whole graph.
        nodes: The calls that are computed before, in order.
    """

    def __init__(self, graph: Graph, nodes: list[Node]) -> None:
        before = {id(node) for node in nodes}
        rest = [node for node in graph.nodes if id(node) not in before]
        wanted = [*(x for node in rest for x in node.inputs), *graph.outputs]
        made = {id(x) for node in nodes for x in node.outputs}
        made |= {id(x) for x in graph.inputs}
        cut = list({id(x): x for x in wanted if id(x) in made}.values())
        self._front = Graph(graph.inputs, cut)
        self.rest = Graph(cut, graph.structure)

    @classmethod
    def of(cls, graph: Graph) -> "HostPart | None":
        """Returns the part of a graph, or None if it has none.

        Args:
            graph: The graph of a functional model.
        """
        if not any(isinstance(node.operation, HostLayer) for node in graph.nodes):
            return None
        ready = {id(x) for x in graph.inputs}
        nodes: list[Node] = []
        for node in graph.nodes:
            if _is_fixed(node) and all(id(x) in ready for x in node.inputs):
                nodes.append(node)
                ready |= {id(x) for x in node.outputs}
        nodes = _leading_to_lookups(nodes)
        return cls(graph, nodes) if nodes else None

    def encoded(self, values: list[Any], call: Any) -> list[Any]:
        """Returns what the rest of the graph begins with, as arrays.

        Args:
            values: The inputs, in order, text among them.
            call: What calls an operation: `(operation, args, kwargs) -> result`.
        """
        with mode(tapes=(), recorder=None):
            found = tree.flatten(self._front.run(values, call))
        return [x.numpy() if isinstance(x, Tensor) else x for x in found]

    @contextmanager
    def done(self) -> Iterator[None]:
        """Lets the model take what `encoded` returned inside a `with` block."""
        token = _done.set(self)
        try:
            yield
        finally:
            _done.reset(token)

    @property
    def is_done(self) -> bool:
        """Whether the model is given what `encoded` returned."""
        return _done.get() is self


_done: ContextVar[HostPart | None] = ContextVar("host_part", default=None)


def _is_fixed(node: Node) -> bool:
    """Returns whether a call gives the same in each step, whatever is trained."""
    operation = node.operation
    if isinstance(operation, HostLayer | OpCall):
        return True
    return not getattr(operation, "variables", ())  # weights, and random draws


def _leading_to_lookups(nodes: list[Node]) -> list[Node]:
    """Returns the calls of lookups, and those that they need."""
    needed: set[int] = set()
    kept = []
    for node in reversed(nodes):
        found = any(id(x) in needed for x in node.outputs)
        if found or isinstance(node.operation, HostLayer):
            kept.append(node)
            needed |= {id(x) for x in node.inputs}
    return kept[::-1]
