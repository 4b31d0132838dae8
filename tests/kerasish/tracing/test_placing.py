"""What is put side by side is written there at once; what cannot be is copied."""

import numpy as np
import pytest

from kerasish import Variable, backends, layers, models, ops
from kerasish.autodiff import GradientTape
from kerasish.tracing.memory import Layout
from kerasish.tracing.passes import optimize
from kerasish.tracing.placing import Place, find_places, loose_parts, part_of
from kerasish.tracing.plan import Plan
from tests.kerasish.tracing.graphs import input_value, node, record, same

X = np.linspace(-1, 2, 96).astype("float32").reshape(6, 16)
compiling = pytest.mark.skipif(
    not backends.current().can_compile, reason="needs a compiler"
)


def layout(fn, *arrays):
    graph, _ = record(fn, *arrays)
    return graph, Layout(graph, backends.current(), (), [])


def run(fn, *arrays, compiled=False):
    """Returns the kernels that a plan runs, after checking its results twice."""
    graph, outputs = record(fn, *arrays)
    backend = backends.current()
    plan = Plan(optimize(graph, backend, compiled=compiled), backend)
    for _ in range(2):
        for buffer, array in zip(plan.inputs, arrays, strict=True):
            buffer[...] = array
        plan.run()
        same(plan.outputs, outputs, 1e-5, 1e-6)
    return [line.kernel for line in plan.lines]


def test_rows_are_written_where_they_are_wanted():
    graph, made = layout(lambda x: ops.concatenate([ops.exp(x), ops.sin(x)]), X)
    whole = made.arrays[id(graph.outputs[0])]
    for n, name in enumerate(("exp", "sin")):
        part = next(made.arrays[id(v.output)] for v in graph.nodes if v.name == name)
        assert np.shares_memory(part, whole[6 * n : 6 * n + 6])
        assert part.flags.c_contiguous
    assert [n.name for n in made.steps] == ["exp", "sin"]
    assert made.nbytes == 2 * X.nbytes


def test_what_is_no_result_of_a_step_is_copied():
    kernels = run(lambda x: ops.concatenate([x, ops.exp(x), ops.ones((1, 16))]), X)
    assert kernels == ["exp", "_concatenate"]


def test_a_value_has_one_place():
    def fn(x):
        y = ops.exp(x)
        return ops.concatenate([y, y]), ops.concatenate([ops.sin(x), y]), y

    assert run(fn, X).count("_concatenate") == 2


def test_places_are_within_places():
    def fn(x):
        inner = ops.concatenate([ops.exp(x), ops.sin(x)])
        outer = ops.concatenate(
            [ops.reshape(inner, (1, 12, 16)), ops.ones((1, 12, 16))]
        )
        return ops.sum(inner, 0), outer

    assert "_concatenate" in run(fn, X)
    graph, made = layout(lambda x: fn(x)[1], X)
    whole = made.arrays[id(graph.outputs[0])]
    first = next(v for v in graph.nodes if v.name == "exp")
    assert np.shares_memory(made.arrays[id(first.output)], whole)


def test_a_view_in_another_order_is_copied():
    kernels = run(lambda x: ops.concatenate([ops.transpose(ops.exp(x))] * 1), X)
    assert kernels[-1] == "_concatenate"


def test_what_a_variable_becomes_is_not_written_early():
    v = Variable(np.concatenate([X, X]))

    def fn(x):
        first = ops.exp(x)
        new = ops.concatenate([first, v[:6] + first])
        v.assign(new)
        return ops.sum(new)

    graph, outputs = record(fn, X)
    plan = Plan(optimize(graph, backends.current()), backends.current())
    plan.inputs[0][...] = X
    plan.run()
    same(plan.outputs, outputs, 1e-5)
    np.testing.assert_allclose(
        v.numpy(), np.concatenate([np.exp(X), X + np.exp(X)]), 1e-6
    )


@compiling
def test_columns_are_written_apart_by_kernels_that_can():
    def fn(x):
        y, z = ops.exp(x) + 1.0, ops.sin(x) * x
        return ops.concatenate([y, z], 1), ops.sum(y * z)

    assert "_concatenate" not in run(fn, X, compiled=True)
    assert "_concatenate" in run(fn, X)


@compiling
def test_columns_that_a_product_reads_too_are_copied():
    def fn(x):
        y = ops.exp(x) + 1.0
        return ops.concatenate([y, ops.sin(x) * x], 1), ops.matmul(y, ops.transpose(x))

    assert "_concatenate" in run(fn, X, compiled=True)


@compiling
@pytest.mark.parametrize("cell", [layers.LSTM, layers.GRU])
def test_recurrent_steps_copy_no_gates(cell):
    layer = cell(16, return_sequences=True)
    x = np.random.default_rng(0).normal(size=(5, 4, 3)).astype("float32")
    layer(x)

    def fn(x):
        with GradientTape() as tape:
            loss = ops.sum(ops.square(layer(x)))
        return tape.gradient(loss, layer.trainable_variables)

    kernels = run(fn, x, compiled=True)
    assert "gate_parts" not in kernels
    assert "time_steps" not in kernels
    # The state before the first step is a constant, put before the others.
    assert kernels.count("_concatenate") <= 1


def test_models_that_join_branches_train_alike():
    def made():
        x = layers.Input((16,))
        rows = [layers.Dense(8, activation="tanh")(x) for n in range(3)]
        model = models.Model(x, layers.Dense(1)(layers.concatenate(rows)))
        model.compile("sgd", "mse")
        return model

    eager, planned = made(), made()
    planned.set_weights(eager.get_weights())
    eager.run_eagerly = True
    for model in (eager, planned):
        model.fit(X, X[:, :1], batch_size=3, epochs=4, shuffle=False, verbose=0)
    same(planned.get_weights(), eager.get_weights(), 1e-5, 1e-6)


def test_places_by_hand():
    x = input_value(2, 3)
    a, b = node("exp", x), node("sin", x)
    join = node("_concatenate", a.output, b.output, shape=(4, 3), axis=0)
    places = find_places([a, b, join], {}, ())
    assert places[id(b.output)] == Place(join.output, (slice(2, 4),))
    assert loose_parts(join, {}, places) == []
    held = find_places([a, b, join], {}, {id(a.output)})
    assert loose_parts(join, {}, held) == [(a.output, (slice(0, 2),))]
    whole = np.arange(12.0).reshape(4, 3)
    assert np.shares_memory(part_of(whole, places[id(b.output)], (2, 3)), whole[2:])


@compiling
def test_a_view_of_rows_that_lie_apart_sees_what_is_written_there():
    v = Variable(np.zeros(96, "float32"))

    def fn(x):
        y, z = ops.tanh(x), ops.sin(x)
        v.assign(ops.reshape(z, (-1,)))
        both = ops.concatenate([y, z, ops.exp(x)], 1)
        below = ops.concatenate([ops.reshape(y, (-1,)), ops.ones(3)])
        between = ops.concatenate([ops.reshape(ops.cos(x), (6, 1, 16)) * 2.0] * 2, 1)
        return both, ops.reshape(y, (3, 32)), below, between

    run(fn, X, compiled=True)
    np.testing.assert_allclose(v.numpy(), np.sin(X).ravel(), rtol=1e-5, atol=1e-6)


@compiling
@pytest.mark.parametrize("axis", [0, 1, 2, 3])
@pytest.mark.parametrize("shape", [(3, 2, 2, 8), (3, 1, 2, 8), (3, 2, 1, 8)])
def test_rows_in_the_middle_need_not_lie_at_equal_distances(axis, shape):
    x = np.linspace(-1, 1, int(np.prod(shape))).astype("float32").reshape(shape)

    def fn(x):
        y, z = ops.tanh(x), ops.sigmoid(x)
        return ops.concatenate([y, z], axis), ops.max(y * 2.0, -1)

    run(fn, x, compiled=True)
