"""Kernels: what a backend can compile becomes machine code, one kernel for many nodes.

The passes before this one leave nodes that any backend can run. Here sums are taken in
stages, reductions lifted, nodes gathered into chains and the chains compiled; a chain
that fits no one kernel falls apart again into the nodes it was made of, as does one
that computes nothing: those nodes may be views.
"""

from collections.abc import Collection
from functools import partial

from kerasish.backends.base.backend import Backend
from kerasish.tracing.graph import Graph, Node
from kerasish.tracing.memory import VIEWS
from kerasish.tracing.packed import Fused
from kerasish.tracing.passes.dead import remove_dead
from kerasish.tracing.passes.doubling import double_columns
from kerasish.tracing.passes.draws import share_draws
from kerasish.tracing.passes.fusion import fuse
from kerasish.tracing.passes.lifting import lift_reductions
from kerasish.tracing.passes.rows import keep_rows
from kerasish.tracing.passes.stages import sum_in_stages

__all__ = ["compile_kernels", "is_compiled"]


def is_compiled(node: Node, backend: Backend) -> bool:
    """Returns whether a backend's compiled kernels may hold a node.

    Args:
        node: The node.
        backend: Who compiles.
    """
    values = (*node.inputs, *node.outputs)
    return len(node.outputs) == 1 and backend.compiles(
        node.name,
        node.static,
        [v.dtype for v in values],
        [v.shape for v in values],
    )


def compile_kernels(graph: Graph, backend: Backend, skip: Collection[str] = ()) -> None:
    """Puts compiled kernels in place of nodes.

    Args:
        graph: Changed in place.
        backend: Who compiles.
        skip: What to leave out of "draws", "stages", "lifting", "rows", "fusion" and
            "recomputation".
    """

    compiles = partial(is_compiled, backend=backend)
    if "draws" not in skip:
        share_draws(graph)
    if "stages" not in skip:
        sum_in_stages(graph)
    if "lifting" not in skip:
        lift_reductions(graph)
        remove_dead(graph)
    if "rows" not in skip:
        keep_rows(graph)
    if "fusion" not in skip:
        double_columns(graph, compiles)
        fuse(graph, compiles, again="recomputation" not in skip)
    nodes: list[Node] = []
    for node in graph.nodes:
        rule = node.rule
        if isinstance(rule, Fused):
            if any(n.name not in VIEWS for n in rule.nodes or [node]):
                rule.kernel = backend.compile_chain(rule.chain)
            if rule.kernel is None and rule.nodes:
                for old in rule.nodes:
                    for v in old.outputs:
                        v.producer = old
                nodes += rule.nodes
                continue
        nodes.append(node)
    graph.nodes = nodes
