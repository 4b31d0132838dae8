"""Stages: sums of images over all positions are taken image by image first.

A sum over every axis but the channels ends only with the last image, so its loop
cannot be shared out. In two stages, the first has a sum for each image, which threads
may take at once; the second adds up few numbers. Rounding errors grow less, too.
"""

from math import prod

from kerasish.autodiff.primitive import PRIMITIVES
from kerasish.tracing.graph import Graph, Node, Value

__all__ = ["sum_in_stages"]

SUMS = ("sum", "mean", "_sum_to")
DTYPES = ("float32", "float64")  # sums of half precision are wider inside
LARGE = 1 << 16  # elements that are worth a second kernel
FEWER = 16  # times as many elements as the first stage leaves


def sum_in_stages(graph: Graph) -> None:
    """Makes two sums of one over the first axis and those after it.

    Args:
        graph: Changed in place.
    """
    nodes: list[Node] = []
    for node in graph.nodes:
        nodes += _staged(node) if node.name in SUMS else [node]
    graph.nodes = nodes


def _staged(node: Node) -> list[Node]:
    x, y = node.inputs[0], node.output
    axes = _summed(node)
    count = len(axes)
    leads = 2 <= count < len(x.shape) and axes == tuple(range(count))
    if not leads or x.size < LARGE or y.size == 0:
        return [node]
    first = Value((x.shape[0], *(1,) * (count - 1), *x.shape[count:]), y.dtype, "node")
    if first.size * FEWER > x.size:
        return [node]
    name = "mean" if node.name == "mean" else "sum"
    inner = {"axis": axes[1:], "keepdims": True}
    made = [Node(PRIMITIVES[name], [x], inner, [first], scope=node.scope)]
    last = Value((1,) * count + x.shape[count:], y.dtype, "node")
    outer = {"axis": (0,), "keepdims": True}
    made.append(Node(PRIMITIVES[name], [first], outer, [last], scope=node.scope))
    shaped = PRIMITIVES["_reshape"]
    made.append(Node(shaped, [last], {"newshape": y.shape}, [y], scope=node.scope))
    return made


def _summed(node: Node) -> tuple[int, ...]:
    """Returns the axes that are summed, none where that is not so simple."""
    x, y = node.inputs[0].shape, node.output.shape
    if not node.inputs[0].dtype == node.output.dtype in DTYPES:
        return ()
    if node.name == "_sum_to":
        wide = (1,) * (len(x) - len(y)) + tuple(y)
        return tuple(i for i, n in enumerate(wide) if n == 1 and x[i] != 1)
    axis = node.static["axis"]
    if axis is None:
        return ()
    axes = axis if isinstance(axis, tuple) else (axis,)
    found = tuple(sorted(a % len(x) for a in axes))
    return found if prod(x[a] for a in found) else ()
