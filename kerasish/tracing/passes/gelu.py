"""GELU by its formula with tanh, found among the operations that it is recorded as."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from kerasish.tracing.graph import Node, Value

__all__ = ["gelu_of"]

NEAR = ("_clip", "x", -16.0, 16.0)
CUBIC = ("add", NEAR, ("multiply", ("power", NEAR, 3.0), 0.044715))
SIGMOID = ("tanh", ("multiply", CUBIC, math.sqrt(2 / math.pi)))
FORMULA = ("multiply", ("multiply", "x", 0.5), ("add", SIGMOID, 1.0))
ROUNDED = 1e-2  # of constants in half precision


def gelu_of(
    x: Value, uses: Mapping[int, int], readers: Mapping[int, Sequence[Node]]
) -> list[Node]:
    """Returns the nodes of the GELU of a value, the last of which has the result.

    There are none if it is not there, or if others read the value or what is between,
    as the gradient does.

    Args:
        x: The value.
        uses: How often each value is read, by its `id`.
        readers: The nodes that read each.
    """
    for half in readers.get(id(x), ()):
        for root in readers.get(id(half.output), ()):
            found: dict[int, Node] = {}
            if _matches(root.output, FORMULA, x, found):
                nodes = [*found.values()]
                read = [v for node in nodes for v in node.inputs]
                inner = [x, *(n.output for n in nodes if n is not root)]
                if all(uses.get(id(v)) == sum(r is v for r in read) for v in inner):
                    return nodes
    return []


def _matches(value: Value, formula: Any, x: Value, found: dict[int, Node]) -> bool:
    """Returns whether a formula computes a value, and notes the nodes in order."""
    if formula == "x":
        return value is x
    if isinstance(formula, float):
        if value.kind != "constant" or value.size != 1:
            return False
        return math.isclose(value.numpy().item(), formula, rel_tol=ROUNDED)
    node, (name, *operands) = value.producer, formula
    if node is None or node.name != name or len(node.inputs) != len(operands):
        return False
    pairs = zip(node.inputs, operands, strict=True)
    if not all(_matches(v, part, x, found) for v, part in pairs):
        return False
    found[id(node)] = node
    return True
