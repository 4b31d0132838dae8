"""Draws: the bits of a dropout mask are drawn once for both ways through a layer.

The gradient of a dropout applies the same mask again, from the same key. Computing the
bits costs more than reading them, so they become a value of the plan.
"""

from math import prod
from typing import Any

from kerasish.backends import current
from kerasish.tracing.graph import Graph, Node, Value

__all__ = ["Bits", "Kept", "share_draws"]

ALIGNED = 8  # words that a block of the generator has


class Bits:
    """Stands in a node for a primitive: random words of 32 bits from a key."""

    __name__ = "_bits"

    def function(self, key: Any, shape: tuple[int, ...]) -> Any:
        """Returns the words in an array."""
        backend = current()
        return backend.xp.reshape(backend.random_halves(key, prod(shape)), shape)


class Kept:
    """Stands in a node for a primitive: dropout by bits that are given."""

    __name__ = "_kept"

    def function(self, x: Any, bits: Any, rate: float) -> Any:
        """Returns `x` with elements zeroed where bits are low, the others scaled up."""
        return current().dropout_by(x, bits, rate)


def share_draws(graph: Graph) -> None:
    """Lets dropouts with the same key and shape of the mask read the same bits.

    Args:
        graph: Changed in place.
    """
    groups: dict[Any, list[Node]] = {}
    for node in graph.nodes:
        if node.name == "_dropout":
            shape = node.static["noise_shape"]
            if prod(shape) % ALIGNED == 0:
                groups.setdefault((id(node.inputs[1]), shape), []).append(node)
    made: dict[int, list[Node]] = {}
    for (_, shape), nodes in groups.items():
        if len(nodes) < 2:
            continue
        bits = Value(shape, "uint32", "node")
        for node in nodes:
            static = {"rate": node.static["rate"]}
            inputs = (node.inputs[0], bits)
            made[id(node)] = [
                Node(Kept(), inputs, static, node.outputs, True, node.scope)
            ]
        first = nodes[0]
        draw = Node(
            Bits(), [first.inputs[1]], {"shape": shape}, [bits], True, first.scope
        )
        made[id(first)].insert(0, draw)
    graph.nodes = [n for node in graph.nodes for n in made.get(id(node), [node])]
