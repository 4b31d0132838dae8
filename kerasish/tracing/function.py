"""Function: records what a function computes and replays it as a plan.

Calls are told apart by their signature: structure, shapes, dtypes, and all arguments
that are no tensors. The first calls of a signature run as they are, so that variables
are made and short runs pay nothing; then one is recorded while it runs, and from there
on its plan is run. What cannot be recorded goes on running as it is.
"""

import warnings
from collections.abc import Callable, Iterable
from functools import update_wrapper
from types import MethodType
from typing import Any

from kerasish.autodiff import Tensor
from kerasish.autodiff.mode import current as current_mode
from kerasish.autodiff.symbolic import has_symbolic
from kerasish.core import tree
from kerasish.core.errors import ArgumentError, KerasishWarning, StateError
from kerasish.core.revision import revision
from kerasish.tracing.closure import closure_of
from kerasish.tracing.feed import run
from kerasish.tracing.graph import Graph
from kerasish.tracing.last import Last
from kerasish.tracing.recorder import Recorder
from kerasish.tracing.results import Result, places
from kerasish.tracing.signature import (
    as_tensors,
    data_of,
    objects_of,
    signature_of,
)
from kerasish.tracing.stage import Stage
from kerasish.tracing.state import fingerprint
from kerasish.tracing.trace import Trace

__all__ = ["Function", "function"]

EAGER_CALLS = 2  # of a signature before it is recorded, if more calls may come
SIGNATURES = 256  # that a function remembers
WORTH = 6  # calls to come that repay recording one


class Function:
    """A function that is recorded once for each signature and then replayed.

    Args:
        fn: A function of tensors that returns a structure of tensors.
        jit_compile: "auto" compiles kernels where that repays, True at once, False
            never.
        reduce_retracing: Whether a signature must come back more often before it is
            recorded.
        roots: Gives the objects that the function's Python code depends on; those that
            it names if None.
        convert: Makes the arguments of an eager call of those given.
        at_once: Whether the first call of a signature may be recorded, as all that
            it needs is there; its results then are the plan's, like all that follow.
    """

    __name__: str

    def __init__(
        self,
        fn: Callable[..., Any],
        jit_compile: Any = "auto",
        reduce_retracing: bool = False,
        roots: Callable[[], Iterable[Any]] | None = None,
        convert: Callable[[Any], Any] | None = None,
        at_once: Callable[[], bool] | None = None,
    ) -> None:
        if jit_compile not in ("auto", True, False):
            raise ArgumentError(
                "`jit_compile` must be 'auto', True or False. "
                f"Received: jit_compile={jit_compile!r}"
            )
        update_wrapper(self, fn)
        self._fn = fn
        self._jit_compile = jit_compile
        self._eager_calls = EAGER_CALLS * (4 if reduce_retracing else 1)
        self._roots = roots or (lambda: [closure_of(fn)])
        self._convert = convert or as_tensors
        self._at_once = at_once or (lambda: False)
        self._traces: dict[Any, Trace] = {}
        self._expected: int | None = None
        self._last: Last | None = None
        self._told: set[str] = set()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Returns what the function returns."""
        mode = current_mode()
        if mode.recorder or mode.tapes or mode.symbolic or mode.stateless:
            return self._fn(*args, **kwargs)
        if has_symbolic(args, kwargs):
            return self._fn(*args, **kwargs)
        return self.run(*args, **kwargs).read()

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """Returns the function as a method, which is given its object."""
        return self if instance is None else MethodType(self, instance)

    def expect(self, calls: int | None, look: bool = True) -> None:
        """Tells how many calls are to come.

        Args:
            calls: Their number, None if nobody knows.
            look: Whether to look for changes that were not noted: in lists, and in
                objects of classes that are not the library's.
        """
        self._expected = calls
        if look:
            self._check_traces()

    def buffers(self) -> list[Any]:
        """Returns arrays that the next call is run on without a copy, if there are."""
        last = self._last  # another thread may drop it meanwhile
        return [] if last is None else last.buffers()

    def run(self, *args: Any, **kwargs: Any) -> Result:
        """Calls the function; the result is read from memory when it is wanted."""
        last = self._last
        if last is not None and not kwargs and last.takes(args):
            if self._expected is not None:
                self._expected -= 1
            trace = last.trace
            if trace.countdown > 1:
                trace.countdown -= 1
                return last.replay(args)
        del last  # it holds a plan that may have to go
        given = (args, kwargs)
        leaves = tree.flatten(given)
        trace = self._trace(leaves, given)
        if self._expected is not None:
            self._expected -= 1
        if trace.graph is not None and self._is_current(trace):
            return self._replay(trace, leaves, given)
        trace.calls += 1
        if trace.obstacle is None:
            at_once = self._at_once()
            if at_once or self._is_worth(trace):
                result = self._record(trace, given)
                graph = trace.graph
                if at_once and graph is not None and not graph.updates:
                    return self._replay(trace, leaves, given)
                return result
        return Result(self._eager(given))

    def _replay(self, trace: Trace, leaves: list[Any], given: Any) -> Result:
        trace.countdown -= 1
        if trace.countdown <= 0:
            self._last = None  # it holds the plan that may go now
            trace.advance()
        stage = trace.stage
        if stage is None:  # another thread has found that something changed
            return Result(self._eager(given))
        plan = stage.plan()
        run(plan, data_of(leaves))
        args, kwargs = given
        self._last = Last.of(args, kwargs, trace, stage, plan)
        return Result(stage.structure, plan)

    def _eager(self, given: Any) -> Any:
        args, kwargs = self._convert(given)
        return self._fn(*args, **kwargs)

    # ---------------------------------------------------------------- recording

    def _is_worth(self, trace: Trace) -> bool:
        if self._expected is not None:
            # Those that came before, in other fits, let as many more be expected.
            return trace.calls > 1 and max(self._expected, trace.calls - 2) >= WORTH
        return trace.calls > self._eager_calls

    def _record(self, trace: Trace, given: Any) -> Result:
        args, kwargs = self._convert(given)
        flat = [x for x in tree.flatten((args, kwargs)) if isinstance(x, Tensor)]
        with Recorder(flat) as recorder:
            value = self._fn(*args, **kwargs)
        trace.obstacle = recorder.obstacle
        if trace.obstacle is None:
            structure, outputs = places(value, recorder)
            trace.revision = revision()  # before looking, as in `_is_current`
            trace.fingerprint = self._fingerprint(trace)
            trace.take(recorder.graph(outputs), self._expected, structure)
        elif trace.obstacle not in self._told:
            self._told.add(trace.obstacle)
            warnings.warn(
                f"`{self.__name__}` runs operation by operation: {trace.obstacle}. "
                "Use operations such as `ops.where` in place of Python's branches; or, "
                "to have it so without this warning, do not record it: compile a model "
                "with `run_eagerly=True`, leave out `kerasish.function`.",
                KerasishWarning,
                stacklevel=4,
            )
        return Result(value)

    # ------------------------------------------------------------------- state

    def _trace(self, leaves: list[Any], given: Any) -> Trace:
        key = signature_of(leaves, given)
        trace = self._traces.get(key)
        if trace is None:
            if len(self._traces) >= SIGNATURES:
                self._traces.pop(list(self._traces)[0], None)
            made = Trace(self._jit_compile, objects_of(leaves))
            trace = self._traces.setdefault(key, made)  # of the thread that was first
        return trace

    def _is_current(self, trace: Trace) -> bool:
        """Returns whether a plan still does what the function would."""
        now = revision()  # what another thread changes while we look is looked at next
        if trace.revision == now:
            return True
        stage = trace.stage
        if stage is not None and trace.fingerprint == self._fingerprint(trace):
            stage.drop_unbound()
            trace.revision = now
            return True
        trace.forget()
        return False

    def _check_traces(self) -> None:
        for trace in list(self._traces.values()):
            changed = trace.graph and trace.fingerprint != self._fingerprint(trace)
            if changed:
                trace.forget()

    def _fingerprint(self, trace: Trace) -> Any:
        return fingerprint(*self._roots(), trace.objects)

    # ------------------------------------------------------------------ reports

    def graph(self) -> str:
        """Returns the recorded graphs as text, one line for each operation.

        Raises:
            StateError: If nothing has been recorded yet.
        """
        return "\n\n".join(str(graph) for graph, _ in self._recorded())

    def plan(self) -> str:
        """Returns the plans as text: what is computed, and where it lives.

        Raises:
            StateError: If nothing has been recorded yet.
        """
        return "\n\n".join(str(stage.plan()) for _, stage in self._recorded())

    def _recorded(self) -> list[tuple[Graph, Stage]]:
        held = [(t.recorded, t.stage) for t in list(self._traces.values())]
        found = [(graph, stage) for graph, stage in held if graph and stage]
        if not found:
            raise StateError(
                f"`{self.__name__}` has not been recorded yet; it is at call "
                f"{self._eager_calls + 1} of a signature."
            )
        return found


def function(
    fn: Callable[..., Any] | None = None,
    *,
    jit_compile: Any = "auto",
    reduce_retracing: bool = False,
) -> Any:
    """Decorates a function of tensors so that it is recorded and replayed.

    Python side effects happen while the function is recorded, not in replays, as with
    `tf.function`. Variables that the function reads and assigns keep their meaning.

    Args:
        fn: The function.
        jit_compile: "auto" compiles kernels where that repays, True at once, False
            never.
        reduce_retracing: Whether a signature is only recorded when it comes back often.

    Returns:
        A `Function`, or a decorator where `fn` is None.

    Raises:
        ArgumentError: If `jit_compile` is none of these.

    Example:
        >>> from kerasish import ops
        >>> @function
        ... def norm(x):
        ...     return ops.sqrt(ops.sum(x * x))
        >>> [float(norm(ops.ones(4) * k)) for k in range(4)]
        [0.0, 2.0, 4.0, 6.0]
    """
    if fn is None:
        return lambda made: Function(made, jit_compile, reduce_retracing)
    return Function(fn, jit_compile, reduce_retracing)
