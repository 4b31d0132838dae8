"""The two ways through a dropout read the same bits; others draw their own."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import ops
from kerasish.backends import get_backend
from kerasish.random import SeedGenerator, dropout
from kerasish.tracing.passes.draws import Bits, Kept, share_draws
from tests.kerasish.tracing.graphs import interpret, names, record, same

X = np.linspace(-1, 1, 48, dtype="float32").reshape(4, 12)


def step(seed, shape=None):
    def call(x):
        with keras.GradientTape() as tape:
            tape.watch(x)
            y = dropout(x, 0.25, noise_shape=shape, seed=seed)
            total = ops.sum(y * y)
        return y, tape.gradient(total, x)

    return call


@pytest.mark.parametrize("shape", [None, (4, 2)])
def test_forward_and_backward_read_the_same_bits(shape):
    x = X if shape != (4, 2) else X[:, :2]
    shape = None if shape == (4, 2) else shape
    graph, outputs = record(step(SeedGenerator(3), shape), x)
    drawn = names(graph)
    share_draws(graph)
    found = names(graph)
    assert (drawn.count("_dropout"), found.count("_dropout")) == (2, 0)
    assert (found.count("_bits"), found.count("_kept")) == (1, 2)
    assert found.index("_bits") < found.index("_kept")
    same(interpret(graph, x)[0], outputs)


def test_dropouts_of_other_keys_draw_their_own():
    seed = SeedGenerator(3)

    def call(x):
        return dropout(x, 0.5, seed=seed) + dropout(x, 0.5, seed=seed)

    graph, _ = record(call, X)
    share_draws(graph)
    assert names(graph).count("_dropout") == 2


def test_bits_that_fill_no_block_are_left():
    graph, _ = record(step(SeedGenerator(3)), X[:, :5])
    share_draws(graph)
    assert "_bits" not in names(graph)


def test_the_rules_compute_what_the_kernels_do():
    backend = get_backend("numpy")
    key = np.array([5, 6], "uint32")
    bits = Bits().function(key, (4, 12))
    assert bits.dtype == "uint32"
    np.testing.assert_array_equal(
        Kept().function(X, bits, 0.25), backend.dropout(X, key, 0.25, (4, 12))
    )


def test_trained_models_are_the_same():
    def trained(**kwargs):
        keras.utils.set_random_seed(4)
        model = keras.Sequential(
            [
                keras.Input((12,)),
                keras.layers.Dense(16, activation="relu"),
                keras.layers.Dropout(0.5),
                keras.layers.Dense(1),
            ]
        )
        model.compile("adam", "mse", **kwargs)
        model.fit(X, X[:, :1], epochs=20, batch_size=4, verbose=0)
        return model.get_weights()

    eager = trained(run_eagerly=True)
    for one, other in zip(trained(jit_compile=True), eager, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)
