"""Delaying: a variable's new value is computed when the old one is not read any more.

Then it is written over the old one. What comes too early needs memory of its own and a
copy at the end, as the next state of a seed that the way back draws from once more.
"""

from kerasish.tracing.graph import Graph, Node

__all__ = ["delay_updates"]


def delay_updates(graph: Graph) -> None:
    """Moves nodes that only update variables behind the last reader of these.

    Args:
        graph: Changed in place.
    """
    targets = {id(value): variable for variable, value in graph.updates}
    read = {id(v) for node in graph.nodes for v in node.inputs}
    read |= {id(v) for v in graph.outputs}
    for node in list(graph.nodes):
        if any(id(v) not in targets or id(v) in read for v in node.outputs):
            continue
        own = {id(targets[id(v)]) for v in node.outputs}
        if all(id(v.source) in own for v in node.inputs if v.kind == "variable"):
            _move(graph, node, own)


def _move(graph: Graph, node: Node, variables: set[int]) -> None:
    readers = [
        i
        for i, other in enumerate(graph.nodes)
        if any(v.kind == "variable" and id(v.source) in variables for v in other.inputs)
    ]
    at = graph.nodes.index(node)
    if readers and max(readers) > at:
        graph.nodes.insert(max(readers) + 1, node)
        del graph.nodes[at]
