"""The passes in order, and the switch for each."""

from collections.abc import Callable, Collection

from kerasish.backends.base.backend import Backend
from kerasish.core.errors import unknown
from kerasish.tracing.graph import Graph
from kerasish.tracing.passes.algebra import simplify
from kerasish.tracing.passes.common import share_common
from kerasish.tracing.passes.dead import remove_dead
from kerasish.tracing.passes.delaying import delay_updates
from kerasish.tracing.passes.epilogue import join_epilogues, join_sums
from kerasish.tracing.passes.folding import fold_constants
from kerasish.tracing.passes.kernels import compile_kernels, is_compiled
from kerasish.tracing.passes.packing import pack_updates, take_sources
from kerasish.tracing.passes.pooling import mask_before_places
from kerasish.tracing.passes.stacking import stack_products
from kerasish.tracing.passes.widening import widen_products

__all__ = ["OF_BACKENDS", "PASSES", "optimize"]

# Name -> pass, in the order in which they run.
PASSES: dict[str, Callable[[Graph], None]] = {
    "folding": fold_constants,
    "algebra": simplify,
    "common": share_common,
    "pooling": mask_before_places,
    "stacking": stack_products,
    "dead": remove_dead,
    "packing": pack_updates,
}


# Passes that depend on what a backend has, in their order.
OF_BACKENDS = (
    *("epilogue", "draws", "stages", "lifting", "rows", "fusion", "recomputation"),
    "delaying",
)


def optimize(
    graph: Graph,
    backend: Backend | None = None,
    skip: Collection[str] = (),
    compiled: bool = False,
) -> Graph:
    """Runs the passes over a copy of a graph.

    Args:
        graph: The recorded graph, which stays as it is.
        backend: Whose kernels will run it; None for what holds for all.
        skip: Names of `PASSES` and `OF_BACKENDS` to leave out.
        compiled: Whether to compile kernels, where the backend can.

    Returns:
        The improved graph.

    Raises:
        ArgumentError: If there is no such pass to leave out.
    """
    for name in skip:
        if name not in (*PASSES, *OF_BACKENDS):
            raise unknown("pass", name, (*PASSES, *OF_BACKENDS))
    skip = {*skip, *(backend.unsuited_passes if backend is not None else ())}
    made = graph.copy()
    for name, change in PASSES.items():
        if name not in skip:
            change(made)
    if backend is not None and backend.epilogues and "epilogue" not in skip:
        join_epilogues(made, backend.epilogues - {"_sum_to", "cast_to"})
        if "_sum_to" in backend.epilogues:
            join_sums(made, lambda node: compiled and is_compiled(node, backend))
        if "cast_to" in backend.epilogues:
            widen_products(made)
            take_sources(made)
    if backend is not None and compiled:
        compile_kernels(made, backend, skip)
    if "delaying" not in skip:
        delay_updates(made)
    return made
