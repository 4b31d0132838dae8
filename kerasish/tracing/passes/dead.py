"""Dead nodes: what nobody needs is not computed."""

from kerasish.tracing.graph import Graph

__all__ = ["remove_dead"]


def remove_dead(graph: Graph) -> None:
    """Drops the nodes of which no output is read or is a result, and that do nothing.

    Args:
        graph: Changed in place.
    """
    needed = {id(v) for v in graph.results()}
    kept = []
    for node in reversed(graph.nodes):
        if node.has_effect or any(id(v) in needed for v in node.outputs):
            needed.update(id(v) for v in node.inputs)
            kept.append(node)
    graph.nodes = kept[::-1]
