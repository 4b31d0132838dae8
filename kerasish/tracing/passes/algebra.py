"""Algebra: nodes that give back what they were given, or could be cheaper.

Every rule here holds bit for bit, for infinities and `nan` too.
"""

import math
from typing import Any

from kerasish.tracing.graph import Graph, Node, Value

__all__ = ["simplify"]

RESHAPES = ("_reshape", "_reshaped")
PARTS = ("_get_item", "_slice")


def simplify(graph: Graph) -> None:
    """Drops nodes without effect and joins chains of reshapes and transposes.

    Args:
        graph: Changed in place.
    """
    replaced: dict[int, Value] = {}
    kept = []
    for node in graph.nodes:
        node.inputs = tuple(replaced.get(id(v), v) for v in node.inputs)
        _shorten(node)
        same = _same(node)
        if same is None:
            kept += _cast_late(node)
        else:
            replaced[id(node.output)] = same
    graph.nodes = kept
    graph.replace(replaced)


def _same(node: Node) -> Value | None:
    """Returns the input that the output equals, or None."""
    name, x, y = node.name, node.inputs[0] if node.inputs else None, node.output
    if x is None or x.dtype != y.dtype or x.shape != y.shape:
        return _other_way(node)
    if name in ("cast_to", "broadcast_to", "_sum_to", "_stop_gradient", *RESHAPES):
        return x
    if name == "_transpose" and node.static["axes"] == tuple(range(len(x.shape))):
        return x
    if name in ("sum", "mean", "_max", "_min") and not x.shape:
        return x
    if name in ("multiply", "divide") and _number(node.inputs[1]) == 1:
        return x
    if name == "_from_start" and _is_from_start(x, node.static["size"]):
        return x
    if name == "subtract" and _is_zero(node.inputs[1], 1.0):
        return x
    if name == "add" and _is_zero(node.inputs[1], -1.0):
        return x
    return _other_way(node)


def _cast_late(node: Node) -> list[Node]:
    """Returns nodes that take a part before it is cast, where that is narrower.

    So nobody needs the whole in the wider dtype.
    """
    cast = node.inputs[0].producer if node.name in PARTS else None
    if cast is None or cast.name != "cast_to":
        return [node]
    source = cast.inputs[0]
    if source.nbytes >= cast.output.nbytes:
        return [node]
    part = Value(node.output.shape, source.dtype, "node")
    inputs = (source, *node.inputs[1:])
    return [
        Node(node.rule, inputs, node.static, [part], scope=node.scope),
        Node(cast.rule, [part], cast.static, [node.output], scope=node.scope),
    ]


def _is_from_start(x: Value, size: int) -> bool:
    """Returns whether indices were found to count from the start of an axis."""
    node = x.producer
    if node is None or node.name != "in_range":
        return False
    return bool(node.static["low"] >= 0 and node.static["high"] < size)


def _other_way(node: Node) -> Value | None:
    """Returns the second operand where the first changes nothing."""
    if len(node.inputs) != 2 or node.name not in ("multiply", "add"):
        return None
    first, second = node.inputs
    if second.shape != node.output.shape or second.dtype != node.output.dtype:
        return None
    if node.name == "multiply" and _number(first) == 1:
        return second
    if node.name == "add" and _is_zero(first, -1.0):
        return second
    return None


def _shorten(node: Node) -> None:
    """Reads a reshape's or transpose's own source, and turns division about."""
    x = node.inputs[0] if node.inputs else None
    source = x.producer if x is not None else None
    if node.name == "_reshape":  # -1 would hide that two reshapes are the same
        node.static = {"newshape": node.output.shape}
    if node.name in RESHAPES and source is not None and source.name in RESHAPES:
        node.inputs = source.inputs
    elif node.name == "_transpose" and source and source.name == "_transpose":
        inner, outer = source.static["axes"], node.static["axes"]
        node.inputs = source.inputs
        node.static = {"axes": tuple(inner[i] for i in outer)}


def _number(value: Value) -> Any:
    if value.kind != "constant" or value.size != 1:
        return None
    return value.numpy().item()


def _is_zero(value: Value, sign: float) -> bool:
    """Returns whether a value is the zero that changes nothing: x - 0.0, x + -0.0."""
    number = _number(value)
    if number != 0 or isinstance(number, complex):
        return False
    return isinstance(number, int) or math.copysign(1.0, number) == sign
