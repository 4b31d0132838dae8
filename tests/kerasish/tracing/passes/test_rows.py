"""Updates of tables read a batch's rows, and change the table as a dense gradient."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import backends, layers, ops
from kerasish.autodiff import GradientTape, Variable
from kerasish.tracing.passes import optimize
from kerasish.tracing.passes.rows import SumRows
from kerasish.tracing.plan import Plan
from tests.kerasish.tracing.graphs import record

compiling = pytest.mark.skipif(
    not backends.current().can_compile, reason="needs a compiler"
)
RNG = np.random.default_rng(0)
X = RNG.integers(0, 50, (64, 4))
Y = RNG.normal(size=(64, 1)).astype("f")


def trained(optimizer, eager):
    """Returns the weights of a model after some steps, and what its plan runs."""
    model = keras.Sequential(
        [keras.Input((4,), dtype="int32"), layers.Embedding(50, 16)]
    )
    model.add(layers.Flatten())
    model.add(layers.Dense(1))
    start = np.random.default_rng(1)
    model.set_weights([start.normal(size=w.shape) * 0.1 for w in model.get_weights()])
    optimizer = keras.optimizers.get(optimizer)
    model.compile(optimizer, "mse", run_eagerly=eager, jit_compile=not eager)
    model.fit(X, Y, batch_size=4, epochs=3, shuffle=False, verbose=0)
    return model.get_weights(), "" if eager else model.train_function.plan()


def settings():
    made = keras.optimizers
    return {
        "sgd": made.SGD(0.1, momentum=0.9, nesterov=True),
        "adam": made.Adam(),
        "amsgrad": made.Adam(amsgrad=True, weight_decay=0.01),
        "clipped": made.Adam(clipvalue=0.01),
        "averaged": made.AdamW(use_ema=True),
        "rmsprop": made.RMSprop(centered=True),
        "adagrad": made.Adagrad(),
        "ftrl": made.Ftrl(),
    }


@compiling
@pytest.mark.parametrize("name", settings())
def test_weights_are_those_of_dense_gradients(name):
    dense, _ = trained(settings()[name], True)
    rows, plan = trained(settings()[name], False)
    assert "_sum_rows" in plan
    assert "_scatter_add" not in plan
    for a, b in zip(dense, rows, strict=True):
        np.testing.assert_allclose(b, a, 1e-4, 1e-6)


@compiling
def test_a_gradient_that_others_read_is_a_table():
    dense, _ = trained(keras.optimizers.Adam(global_clipnorm=0.1), True)
    rows, plan = trained(keras.optimizers.Adam(global_clipnorm=0.1), False)
    assert "_sum_rows" not in plan
    for a, b in zip(dense, rows, strict=True):
        np.testing.assert_allclose(b, a, 1e-4, 1e-6)


@compiling
@pytest.mark.parametrize(
    ("size", "width", "rows"), [(40, 8, True), (40, 4, False), (12, 8, False)]
)
def test_small_tables_stay_tables(size, width, rows):
    table = Variable(RNG.normal(size=(size, width)).astype("f"))

    def fn(ids):
        with GradientTape() as tape:
            loss = ops.sum(ops.square(ops.take(table, ids, axis=0)))
        gradient = tape.gradient(loss, table)
        table.assign(table - 0.1 * gradient)
        return loss

    ids = RNG.integers(-5, 5, (4, 3))
    before = table.numpy().astype("float64")
    graph, _ = record(fn, ids)
    plan = Plan(optimize(graph, backends.current(), compiled=True), backends.current())
    assert any("_sum_rows" in line.kernel for line in plan.lines) == rows
    plan.inputs[0][...] = ids
    plan.run()
    wanted = before.copy()
    np.subtract.at(wanted, ids.reshape(-1), 0.2 * before[ids.reshape(-1)])
    np.testing.assert_allclose(table.numpy(), wanted, 1e-5, 1e-6)


def test_sums_by_hand():
    values = np.arange(8.0, dtype="f").reshape(2, 2, 2)
    sums, slots = SumRows().function(values, np.array([[3, -1], [1, 3]]), 5)
    assert slots[:, 0].tolist() == [0, 3, 0, 1, 2]
    assert sums[:4].tolist() == [[0, 0], [6, 8], [2, 3], [4, 5]]
