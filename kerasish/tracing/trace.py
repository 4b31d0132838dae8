"""Trace: what is known of one signature, and the way of its graph from plan to plan.

A plan of the backend's own kernels is there at once. Where the backend can compile and
enough calls come to repay it, kernels are made in a thread of their own meanwhile; the
compiled plan takes over after a number of replays that depends on the graph alone, so
that the same program computes the same numbers each time it runs.
"""

import os
import threading
from collections.abc import Sequence
from contextvars import copy_context
from math import prod
from typing import Any
from weakref import WeakSet

from kerasish.backends import current
from kerasish.tracing.graph import Graph
from kerasish.tracing.passes import optimize
from kerasish.tracing.plan import Plan
from kerasish.tracing.stage import Stage
from kerasish.tracing.worker import Worker

__all__ = ["Trace"]

PATIENCE = 6e-2  # seconds of work that a compiled plan waits for
FEW, MANY = 2, 400  # limits of that in replays
NEVER = 1 << 62
_worker = Worker()


class Trace:
    """What is known of one signature.

    Args:
        jit_compile: "auto", True or False, as of `kerasish.function`.
        objects: Arguments of the signature that the recorded code may look into.
    """

    def __init__(self, jit_compile: Any, objects: Sequence[Any] = ()) -> None:
        self.objects = list(objects)
        self.calls = 0
        self.obstacle: str | None = None
        self.recorded: Graph | None = None
        self.stage: Stage | None = None  # of the recorded graph, improved
        self.revision = -1
        self.fingerprint: Any = None
        self.countdown = NEVER  # replays until the next stage of compilation
        self._jit_compile = jit_compile
        self._compiling: _Compiling | None = None
        self._lock = threading.Lock()
        _traces.add(self)

    @property
    def graph(self) -> Graph | None:
        """The graph that plans are bound of, None if there is none."""
        stage = self.stage
        return None if stage is None else stage.graph

    @property
    def plans(self) -> dict[int, Plan]:
        """The plans of the stage by thread."""
        stage = self.stage
        return {} if stage is None else stage.plans

    def take(self, graph: Graph, expected: int | None, structure: Any = None) -> None:
        """Takes a recorded graph.

        Args:
            graph: What was recorded.
            expected: How many calls are to come, None if nobody knows.
            structure: What a call returns, with places for the graph's outputs.
        """
        made = optimize(graph, current(), compiled=self._jit_compile is True)
        with self._lock:
            self.recorded = graph
            self.stage = Stage(made, structure, self._jit_compile is not False)
            self.countdown = NEVER
            self._compiling = None
            if self._jit_compile == "auto" and current().can_compile:
                replays = _replays(made)
                self.countdown = replays
                if expected is not None and expected >= 2 * replays:
                    self._compiling = _Compiling(graph)

    def advance(self) -> None:
        """Goes to the next stage: starts to compile, or takes what was compiled."""
        with self._lock:
            if self.countdown > 0:
                return  # another thread was here first
            self.countdown = NEVER
            compiling, self._compiling = self._compiling, None
            before, recorded = self.stage, self.recorded
            if before is None or recorded is None:
                return
            if compiling is None:
                self.countdown = _replays(before.graph)
                self._compiling = _Compiling(recorded)
                return
        made = Stage(compiling.result(), before.structure, before.recorded)
        with self._lock:
            if self.stage is before:  # and nothing else was recorded meanwhile
                self.stage = made

    @staticmethod
    def unbind_all() -> None:
        """Drops all plans: what they are bound to has changed for the whole process."""
        for trace in list(_traces):
            trace.plans.clear()

    def forget(self) -> None:
        """Drops what was recorded."""
        with self._lock:
            self.stage = self.recorded = self._compiling = None
            self.calls = 1
            self.countdown = NEVER


# Every trace there is, for what happens to a whole process.
_traces: "WeakSet[Trace]" = WeakSet()
if hasattr(os, "register_at_fork"):  # kernels count on threads that a fork has not
    os.register_at_fork(after_in_child=Trace.unbind_all)


class _Compiling:
    """A graph being compiled in the background."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._backend = current()
        self._process = os.getpid()
        self._made = _worker.submit(copy_context().run, self._compiled)

    def _compiled(self) -> Graph:
        return optimize(self._graph, self._backend, compiled=True)

    def result(self) -> Graph:
        """Waits for the compiled graph."""
        forked = self._process != os.getpid()  # and the thread stayed behind
        if forked or self._made.exception() is not None:
            return self._compiled()
        return self._made.result()  # type: ignore[no-any-return]


def _replays(graph: Graph) -> int:
    """Returns how many replays a compiled plan waits for."""
    seconds = 0.0
    for node in graph.nodes:
        seconds += 2e-6 + sum(v.nbytes for v in (*node.inputs, *node.outputs)) / 4e9
        if node.name in ("matmul", "dense"):
            rows, columns = node.inputs[0].shape[-1], prod(node.output.shape)
            seconds += 2 * rows * columns / 2e10
    return min(max(int(PATIENCE / max(seconds, 1e-9)), FEW), MANY)
