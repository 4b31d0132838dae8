"""Common subexpressions: what is computed twice is computed once."""

import math
from typing import Any

from kerasish.tracing.graph import Graph, Value

__all__ = ["key_of", "share_common"]


def share_common(graph: Graph) -> None:
    """Merges nodes of one primitive on the same inputs, and equal scalars.

    Args:
        graph: Changed in place.
    """
    _share_constants(graph)
    seen: dict[Any, Any] = {}
    replaced: dict[int, Value] = {}
    kept = []
    for node in graph.nodes:
        inputs = tuple(replaced.get(id(v), v) for v in node.inputs)
        node.inputs = inputs
        rule = id(node.rule)  # names may be shared, by functions of a user's own
        key = (rule, tuple(id(v) for v in inputs), key_of(node.static))
        first = seen.setdefault(key, node)
        if first is node:
            kept.append(node)
            continue
        for old, new in zip(node.outputs, first.outputs, strict=True):
            replaced[id(old)] = new
    graph.nodes = kept
    graph.replace(replaced)


def key_of(static: dict[str, Any]) -> Any:
    """Returns the arguments of a primitive that are no tensors as a key to compare.

    Args:
        static: The arguments by name; arrays among them count by identity.
    """
    return tuple((name, _key(value)) for name, value in sorted(static.items()))


def _key(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return (type(value), *(_key(x) for x in value))
    if isinstance(value, slice):
        return ("slice", value.start, value.stop, value.step)
    if isinstance(value, float):
        return type(value), value, math.copysign(1.0, value)  # 0.0 is not -0.0
    try:
        hash(value)
    except TypeError:
        return id(value)
    return type(value), value


def _share_constants(graph: Graph) -> None:
    seen: dict[Any, Value] = {}
    replaced: dict[int, Value] = {}
    for value in graph.values():
        if value.kind == "constant" and value.size == 1:
            # The bytes, so that 0.0 and -0.0 stay two.
            held = value.numpy().tobytes()
            first = seen.setdefault((value.dtype, value.shape, held), value)
            if first is not value:
                replaced[id(value)] = first
    graph.replace(replaced)
