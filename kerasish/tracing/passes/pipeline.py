"""The passes in order, and the switch for each."""

from collections.abc import Callable, Collection

from kerasish.tracing.graph import Graph
from kerasish.tracing.passes.dead import remove_dead

__all__ = ["PASSES", "optimize"]

# Name -> pass, in the order in which they run.
PASSES: dict[str, Callable[[Graph], None]] = {
    "dead": remove_dead,
}


def optimize(graph: Graph, skip: Collection[str] = ()) -> Graph:
    """Runs the passes over a copy of a graph.

    Args:
        graph: The recorded graph, which stays as it is.
        skip: Names of `PASSES` to leave out.

    Returns:
        The improved graph.
    """
    made = graph.copy()
    for name, change in PASSES.items():
        if name not in skip:
            change(made)
    return made
