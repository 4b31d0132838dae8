"""Constant folding: what depends on constants alone is computed once, now."""

from kerasish.tracing.graph import Graph, Value

__all__ = ["fold_constants"]

LARGEST = 1 << 20  # bytes of a result that is kept


def fold_constants(graph: Graph) -> None:
    """Computes the nodes whose inputs are all constants.

    Args:
        graph: Changed in place.
    """
    folded: dict[int, Value] = {}
    kept = []
    for node in graph.nodes:
        inputs = [folded.get(id(v), v) for v in node.inputs]
        node.inputs = tuple(inputs)
        large = any(v.nbytes > LARGEST for v in node.outputs)
        known = inputs and all(v.kind == "constant" for v in inputs)
        if not known or large or node.has_effect:
            kept.append(node)
            continue
        made = node.rule.function(*(v.source for v in inputs), **node.static)
        for value, array in zip(
            node.outputs, (made,) if node.single else made, strict=True
        ):
            folded[id(value)] = Value(value.shape, value.dtype, "constant", array)
    graph.nodes = kept
    graph.replace(folded)
