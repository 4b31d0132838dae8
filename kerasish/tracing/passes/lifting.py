"""Lifting: reduced axes are kept, so that what follows lines up with what came before.

A sum over the last axis gives a shape that no longer broadcasts against its operand.
With the axis kept, of size 1, the steps of a loss stay within the loop over its rows.
"""

from collections.abc import Iterable
from typing import Any

from kerasish.autodiff.primitive import PRIMITIVES
from kerasish.tracing.graph import Graph, Node, Value
from kerasish.tracing.passes.packing import ELEMENTWISE

__all__ = ["lift_reductions"]

REDUCTIONS = ("sum", "mean", "_max", "_min")


def lift_reductions(graph: Graph) -> None:
    """Keeps the axes of trailing reductions through the element-wise nodes after them.

    Args:
        graph: Changed in place.
    """
    wide: dict[int, Value] = {}  # value -> the same with axes of size 1 at its end
    nodes: list[Node] = []
    for node in graph.nodes:
        if node.name in REDUCTIONS:
            nodes += _reduction(node, wide)
        elif node.name == "_argmax" and _is_last(node):
            nodes += _kept(node, node.inputs, node.static, wide)
        elif node.name in ELEMENTWISE and any(id(v) in wide for v in node.inputs):
            nodes += _elementwise(node, wide)
        else:
            nodes.append(node)
    graph.nodes = nodes


def _reduction(node: Node, wide: dict[int, Value]) -> list[Node]:
    x = node.inputs[0]
    axes = node.static["axis"]
    axes = tuple(range(len(x.shape))) if axes is None else axes
    axes = axes if isinstance(axes, tuple) else (axes,)
    axes = tuple(sorted(a % max(len(x.shape), 1) for a in axes))
    if axes == tuple(range(len(x.shape))) and id(x) in wide:
        source = wide[id(x)]  # everything is summed: the kept axes may stay
        static = {"axis": None, "keepdims": False}
        if not node.output.shape:
            return [Node(node.rule, [source], static, [node.output], scope=node.scope)]
    trailing = axes == tuple(range(len(x.shape) - len(axes), len(x.shape)))
    if node.static["keepdims"] or not trailing or not node.output.shape:
        return [node]
    return _kept(node, [x], {"axis": axes, "keepdims": True}, wide)


def _kept(
    node: Node, inputs: Iterable[Value], static: dict[str, Any], wide: dict[int, Value]
) -> list[Node]:
    y = node.output
    missing = len(node.inputs[0].shape) - len(y.shape)
    made = Value((*y.shape, *(1,) * missing), y.dtype, "node")
    wide[id(y)] = made
    rule = _Kept(node.rule) if "keepdims" not in static else node.rule
    return [Node(rule, inputs, static, [made], scope=node.scope), _reshaped(made, y)]


class _Kept:
    """A reduction that has no argument to keep its axis, with its axis kept.

    Args:
        rule: The primitive.
    """

    def __init__(self, rule: Any) -> None:
        self.__name__ = rule.__name__
        self._rule = rule

    def function(self, x: Any, axis: int) -> Any:
        """Computes the reduction and gives the axis back."""
        made = self._rule.function(x, axis=axis)
        return made.reshape((*made.shape, 1))


def _elementwise(node: Node, wide: dict[int, Value]) -> list[Node]:
    y = node.output
    extra = max(
        len(wide[id(v)].shape) - len(v.shape) for v in node.inputs if id(v) in wide
    )
    made: list[Node] = []
    inputs = []
    for v in node.inputs:
        held = wide.get(id(v))
        if v.shape == ():
            inputs.append(v)
        elif v.shape != y.shape:
            return [node]
        elif held is not None and len(held.shape) == len(v.shape) + extra:
            inputs.append(held)
        else:
            held = Value((*v.shape, *(1,) * extra), v.dtype, "node")
            made.append(_reshaped(v, held))
            inputs.append(held)
    lifted = Value((*y.shape, *(1,) * extra), y.dtype, "node")
    static = node.static
    wide[id(y)] = lifted
    return [
        *made,
        Node(node.rule, inputs, static, [lifted], scope=node.scope),
        _reshaped(lifted, y),
    ]


def _reshaped(x: Value, y: Value) -> Node:
    return Node(PRIMITIVES["_reshape"], [x], {"newshape": y.shape}, [y])


def _is_last(node: Node) -> bool:
    return bool(
        node.static["axis"] % len(node.inputs[0].shape)
        == (len(node.inputs[0].shape) - 1)
    ) and bool(node.output.shape)
