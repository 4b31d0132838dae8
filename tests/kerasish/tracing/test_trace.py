"""A trace leads its graph from plan to plan, the same way each time."""

import threading

import numpy as np
import pytest

from kerasish import backends, ops
from kerasish.tracing import trace as module
from kerasish.tracing.packed import Fused
from kerasish.tracing.trace import FEW, MANY, NEVER, Trace
from tests.kerasish.tracing.graphs import names, record

X = np.linspace(-1, 1, 6).astype("float32").reshape(2, 3)


class Backend:
    """The current backend, with or without a compiler.

    Args:
        can_compile: Whether it says that it can.
    """

    def __init__(self, can_compile):
        self.can_compile = can_compile

    def __getattr__(self, name):
        return getattr(backends.current(), name)


@pytest.fixture
def optimized(monkeypatch):
    """Gives the calls of `optimize`; with a compiler that only counts."""
    monkeypatch.setattr(module, "current", lambda: Backend(True))
    calls = []
    real = module.optimize

    def optimize(graph, backend, compiled=False):
        calls.append(compiled)
        return real(graph, None)

    monkeypatch.setattr(module, "optimize", optimize)
    return calls


def graph_of(fn=lambda x: ops.exp(x) * 2.0, x=X):
    return record(fn, x)[0]


def run(trace, x=X):
    plan = trace.stage.plan()
    plan.inputs[0][...] = x
    plan.run()
    return plan.outputs[0].copy()


def test_a_new_trace_knows_nothing():
    trace = Trace("auto")
    assert (trace.calls, trace.graph, trace.recorded, trace.obstacle) == (0,) + (
        None,
    ) * 3


def test_it_keeps_the_recorded_and_the_improved_graph():
    trace, graph = Trace(False), graph_of(lambda x: ops.exp(x * 1.0))
    trace.take(graph, None)
    assert trace.recorded is graph
    assert names(trace.recorded) == ["multiply", "exp"]
    assert names(trace.graph) == ["exp"]
    np.testing.assert_allclose(run(trace), np.exp(X), rtol=1e-6)


def test_what_was_taken_before_is_gone():
    trace = Trace(False)
    trace.take(graph_of(), None)
    first = trace.stage.plan()
    trace.take(graph_of(lambda x: ops.tanh(x)), None)
    assert trace.stage.plan() is not first
    np.testing.assert_allclose(run(trace), np.tanh(X), rtol=1e-6)


def test_to_forget_is_to_begin_again():
    trace = Trace(False)
    trace.take(graph_of(), None)
    trace.stage.plan()
    trace.forget()
    assert trace.stage is trace.graph is trace.recorded is None
    assert trace.plans == {}
    assert trace.countdown == NEVER


@pytest.mark.parametrize(
    ("jit_compile", "can_compile"), [("auto", False), (False, True), (True, True)]
)
def test_where_nothing_is_to_come_nothing_is_waited_for(
    jit_compile, can_compile, optimized, monkeypatch
):
    monkeypatch.setattr(module, "current", lambda: Backend(can_compile))
    trace = Trace(jit_compile)
    trace.take(graph_of(), 10_000)
    assert trace.countdown == NEVER
    assert optimized == [jit_compile is True]


@pytest.mark.parametrize(
    ("fn", "x", "expected"),
    [
        (lambda x: x, X, MANY),
        (lambda x: ops.exp(x), X, MANY),
        (lambda x: ops.matmul(x, ops.transpose(x)), np.ones((600, 2000)), FEW),
    ],
    ids=["nothing", "little", "much"],
)
def test_a_compiled_plan_waits_for_as_much_work_as_it_costs(fn, x, expected, optimized):
    trace = Trace("auto")
    trace.take(graph_of(fn, x.astype("float32")), None)
    assert trace.countdown == expected


def test_it_compiles_in_two_stages(optimized):
    trace = Trace("auto")
    trace.take(graph_of(), None)
    first = trace.stage.plan()
    assert optimized == [False]
    trace.advance()  # it is not yet time
    assert (optimized, trace.stage.plan()) == ([False], first)
    trace.countdown = 0
    trace.advance()  # starts to compile
    assert trace.stage.plan() is first
    assert trace.countdown == MANY
    trace.countdown = 0
    trace.advance()  # takes what was compiled
    assert optimized == [False, True]
    assert trace.stage.plan() is not first
    assert trace.countdown == NEVER
    np.testing.assert_allclose(run(trace), np.exp(X) * 2, rtol=1e-6)


def test_it_compiles_at_once_if_many_calls_are_to_come(optimized):
    trace = Trace("auto")
    trace.take(graph_of(), 2 * MANY)
    trace.countdown = 0
    trace.advance()
    assert optimized == [False, True]
    assert trace.countdown == NEVER


def test_it_does_not_compile_for_a_few_calls(optimized):
    trace = Trace("auto")
    trace.take(graph_of(), 2 * MANY - 1)
    assert optimized == [False]


def test_what_failed_in_its_thread_is_tried_again(optimized, monkeypatch):
    real, failed = module.optimize, []
    main = threading.main_thread()

    def optimize(*args, **kwargs):
        if threading.current_thread() is not main:
            failed.append(1)
            raise MemoryError
        return real(*args, **kwargs)

    monkeypatch.setattr(module, "optimize", optimize)
    monkeypatch.setattr(threading, "excepthook", lambda told: None)
    trace = Trace("auto")
    trace.take(graph_of(), 2 * MANY)
    trace.countdown = 0
    trace.advance()
    assert failed == [1]
    np.testing.assert_allclose(run(trace), np.exp(X) * 2, rtol=1e-6)


def test_what_was_forgotten_is_not_compiled(optimized):
    trace = Trace("auto")
    trace.take(graph_of(), 2 * MANY)
    trace.forget()
    trace.countdown = 0
    trace.advance()
    assert trace.graph is None
    assert trace.countdown == NEVER


def test_what_was_recorded_while_another_thread_compiles_is_kept(optimized):
    trace = Trace("auto")
    trace.take(graph_of(), 2 * MANY)
    compiled = trace._compiling.result()

    def result():
        trace.take(graph_of(lambda x: ops.tanh(x)), None)
        return compiled

    trace._compiling.result = result
    trace.countdown = 0
    trace.advance()
    np.testing.assert_allclose(run(trace), np.tanh(X), rtol=1e-6)


def test_compiled_kernels_take_over():
    pytest.importorskip("llvmlite")
    trace = Trace("auto")
    trace.take(graph_of(), 10_000)
    assert not any(isinstance(n.rule, Fused) for n in trace.graph.nodes)
    trace.countdown = 0
    trace.advance()
    assert any(isinstance(n.rule, Fused) for n in trace.graph.nodes)
    np.testing.assert_allclose(run(trace), np.exp(X) * 2, rtol=1e-6)


def test_compiled_at_once():
    pytest.importorskip("llvmlite")
    trace = Trace(True)
    trace.take(graph_of(), None)
    assert any(isinstance(n.rule, Fused) for n in trace.graph.nodes)
    np.testing.assert_allclose(run(trace), np.exp(X) * 2, rtol=1e-6)
