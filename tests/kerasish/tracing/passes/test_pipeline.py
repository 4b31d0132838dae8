"""All passes together, each alone and each left out: all mean the same as eager."""

import numpy as np
import pytest

from kerasish import Variable, backends, ops
from kerasish.autodiff import GradientTape
from kerasish.tracing.graph import Graph
from kerasish.tracing.passes import PASSES, optimize
from kerasish.tracing.plan import Plan
from tests.kerasish.tracing.graphs import interpret, names, record, same
from tests.kerasish.tracing.programs import Program, inputs

NAMES = (*PASSES, "epilogue")
SEEDS = range(24)
CHOICES = {
    "all": (),
    "none": NAMES,
    **{f"only_{name}": tuple(n for n in NAMES if n != name) for name in NAMES},
    **{f"without_{name}": (name,) for name in NAMES},
}


def recorded(seed):
    """Returns a program, its graph, and what it computes eagerly in two runs."""
    program = Program(seed)
    graph, _ = record(program, *inputs(seed))
    program.reset()
    expected = []
    for run in range(2):
        made = program(*(ops.convert_to_tensor(a) for a in inputs(seed + run)))
        state = [v.numpy() for v in program.variables]
        expected.append(([t.numpy() for t in made], state))
    program.reset()
    return program, graph, expected


def check(plan, program, seed, expected):
    """Runs a plan twice, from the program's start, and compares."""
    program.reset()
    for run, (outputs, state) in enumerate(expected):
        for buffer, array in zip(plan.inputs, inputs(seed + run), strict=True):
            buffer[...] = array
        plan.run()
        same(plan.outputs, outputs, rtol=2e-4, atol=2e-5)
        same([v.numpy() for v in program.variables], state, rtol=2e-4, atol=2e-5)


@pytest.mark.parametrize("seed", SEEDS)
def test_random_programs_mean_the_same_with_any_choice_of_passes(seed):
    program, graph, expected = recorded(seed)
    backend = backends.current()
    for choice, skip in CHOICES.items():
        made = optimize(graph, backend, skip=skip)
        try:
            check(Plan(made, backend), program, seed, expected)
        except Exception as error:
            raise AssertionError(f"{choice} of {seed}:\n{made}") from error


@pytest.mark.parametrize("seed", SEEDS)
def test_improved_graphs_mean_the_same_node_by_node(seed):
    program, graph, expected = recorded(seed)
    outputs, state = expected[0]
    for skip in CHOICES.values():
        made = optimize(graph, backends.current(), skip=skip)
        found = interpret(made, *inputs(seed))
        same(found[0], outputs, rtol=2e-4, atol=2e-5)
        changed = {id(v): a for (v, _), a in zip(made.updates, found[1], strict=True)}
        ends = [changed.get(id(v), v.numpy()) for v in program.variables]
        same(ends, state, rtol=2e-4, atol=2e-5)


def test_the_programs_reach_every_pass():
    graphs = [record(Program(seed), *inputs(seed))[0] for seed in SEEDS]
    for name in PASSES:
        assert any(
            names(optimize(g)) != names(optimize(g, skip=[name])) for g in graphs
        ), name


def test_the_recorded_graph_stays_as_it_is():
    graph, _ = record(Program(3), *inputs(3))
    before = str(graph)
    optimize(graph)
    assert str(graph) == before


def test_passes_run_in_the_order_of_the_table():
    graph, _ = record(
        lambda x: x * ops.exp(ops.zeros(2)) + x * 1.0, np.ones(2, "float32")
    )
    assert names(graph) == ["exp", "multiply", "multiply", "add"]
    # Folding makes no scalar one: only the product with it goes.
    assert names(optimize(graph)) == ["multiply", "add"]
    assert names(optimize(graph, skip=["algebra"])) == ["multiply", "multiply", "add"]


@pytest.mark.parametrize("name", NAMES)
def test_each_pass_can_be_left_out(name):
    v, u = Variable([1.0, 2.0]), Variable([1.0, 2.0, 3.0])

    def fn(x):
        ops.tanh(x)
        constant = ops.exp(ops.ones((2, 2)))
        y = ops.relu(ops.matmul(x, constant) + v) * 1.0
        for variable, n in ((v, 2), (u, 3)):
            variable.assign(variable - ops.matmul(y, ops.ones((2, n)))[0])
        with GradientTape() as tape:
            tape.watch(x)
            pooled = ops.max_pool(ops.relu(ops.reshape(x, (1, 2, 1))), 2)
        y = y + tape.gradient(pooled, x)
        w, h = ops.transpose(x) * x * 0.1, x
        with GradientTape() as tape:
            tape.watch(w)
            for _ in range(4):
                h = ops.tanh(ops.matmul(h, w))
        return y + ops.exp(x) * ops.exp(x) + ops.sum(tape.gradient(h, w))

    graph, outputs = record(fn, np.ones((1, 2), "float32"))

    class Backend:
        epilogues = frozenset(["relu"])
        unsuited_passes = frozenset()

    every = optimize(graph, Backend())
    rest = optimize(graph, Backend(), skip=[name])
    assert names(every) != names(rest)
    for made in (every, rest):
        same(interpret(made, np.ones((1, 2), "float32"))[0], outputs)


def test_an_empty_graph():
    graph = optimize(Graph([], [], []))
    assert graph.nodes == graph.outputs == []


def test_a_pass_that_is_not_there():
    with pytest.raises(ValueError, match="'foldin'.*'folding'"):
        optimize(Graph([], [], []), skip=["foldin"])
