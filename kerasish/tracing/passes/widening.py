"""Widening: products of half precision write the float32 that is made of their results.

The gradient of a weight is a product in the dtype of the layer; the optimizer reads it
as float32. Products add up in float32, so nothing need be rounded and widened again.
"""

from collections.abc import Sequence
from typing import Any

from kerasish.autodiff.primitive import PRIMITIVES
from kerasish.backends import current
from kerasish.tracing.graph import Graph, Node, Value

__all__ = ["Wide", "widen_products"]

PRODUCTS = ("dense_gradients", "matmul")
HALF = ("bfloat16", "float16")
RESHAPES = ("_reshape", "_reshaped")


class Wide:
    """Stands in a node for a primitive whose operands are half as wide as its results.

    Args:
        rule: The primitive.
    """

    def __init__(self, rule: Any) -> None:
        self.__name__ = rule.__name__
        self._rule = rule

    def function(self, *arrays: Any, **static: Any) -> Any:
        """Computes it in float32, where no kernel does it at once."""
        wide = (current().cast(x, "float32") for x in arrays)
        return self._rule.function(*wide, **static)


def widen_products(graph: Graph) -> None:
    """Leaves out conversions of products of half precision to float32.

    Args:
        graph: Changed in place.
    """
    uses = graph.uses()
    readers: dict[int, list[Node]] = {}
    for node in graph.nodes:
        for v in node.inputs:
            readers.setdefault(id(v), []).append(node)
    replaced: dict[int, list[Node]] = {}
    for node in graph.nodes:
        if node.name not in PRODUCTS or node.output.dtype not in HALF:
            continue
        paths = [_path(v, uses, readers) for v in node.outputs]
        if all(paths):
            replaced.update({id(n): [] for path in paths for n in path})
            replaced[id(node)] = _widened(node, [path[-1].output for path in paths])
    graph.nodes = [n for node in graph.nodes for n in replaced.get(id(node), [node])]


def _path(
    value: Value, uses: dict[int, int], readers: dict[int, list[Node]]
) -> Sequence[Node]:
    """Returns reshapes of a value and the conversion after them, if that is all."""
    path: list[Node] = []
    while uses.get(id(value)) == 1 and len(readers.get(id(value), ())) == 1:
        (node,) = readers[id(value)]
        path.append(node)
        if node.name == "cast_to":
            return path if node.output.dtype == "float32" else ()
        if node.name not in RESHAPES:
            return ()
        value = node.output
    return ()


def _widened(node: Node, results: list[Value]) -> list[Node]:
    """Returns a node that writes float32, and reshapes of what it writes."""
    made, after = [], []
    for old, value in zip(node.outputs, results, strict=True):
        if old.shape == value.shape:
            made.append(value)
            continue
        made.append(Value(old.shape, value.dtype, "node"))
        shape = {"newshape": value.shape}
        after.append(Node(PRIMITIVES["_reshape"], made[-1:], shape, [value]))
    rule = Wide(node.rule)
    product = Node(rule, node.inputs, node.static, made, node.single, node.scope)
    return [product, *after]
