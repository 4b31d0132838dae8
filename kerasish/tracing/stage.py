"""Stage: a graph, and the plans that the threads have bound of it.

A trace goes from stage to stage as a whole: whoever holds one has the graph, the
structure of its results and the plans that belong together, whatever another thread
does to the trace meanwhile.
"""

import os
import threading
from typing import Any

from kerasish.backends import current
from kerasish.tracing.graph import Graph
from kerasish.tracing.plan import Plan

__all__ = ["THREADS", "Stage"]

THREADS = 16  # that keep a plan of their own

# Held while a plan is bound: variables may move then, and another plan that is bound
# meanwhile would find some of them here and some there.
_binding = threading.RLock()
if hasattr(os, "register_at_fork"):  # no child begins with the lock of a lost thread
    os.register_at_fork(
        before=_binding.acquire,
        after_in_parent=_binding.release,
        after_in_child=_binding.release,
    )


class Stage:
    """A graph with its plans.

    Args:
        graph: What is computed.
        structure: What a call returns, with places for the graph's outputs.
        recorded: Whether the backend may replay the steps in a form of its own.
    """

    __slots__ = ("graph", "plans", "recorded", "structure")

    def __init__(
        self, graph: Graph, structure: Any = None, recorded: bool = True
    ) -> None:
        self.graph = graph
        self.structure = structure
        self.recorded = recorded
        self.plans: dict[int, Plan] = {}  # by thread: each has its own memory

    def plan(self) -> Plan:
        """Returns the calling thread's plan."""
        thread = threading.get_ident()
        plan = self.plans.get(thread)
        if plan is None:
            current().trim()
            with _binding:
                plan = Plan(self.graph, current(), self.recorded)
                if len(self.plans) >= THREADS:
                    self.plans.clear()
                # Still inside: who moves its variables next finds it to be unbound.
                self.plans[thread] = plan
        return plan

    def drop_unbound(self) -> None:
        """Drops the plans whose variables have moved."""
        for thread, plan in self.plans.copy().items():
            if not plan.is_bound():
                self.plans.pop(thread, None)
