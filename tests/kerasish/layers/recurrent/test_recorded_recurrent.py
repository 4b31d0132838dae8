"""Recurrent layers give the same recorded as eagerly, with masks and kept states."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers, ops, random
from kerasish.autodiff import GradientTape
from kerasish.core import naming, tree
from kerasish.tracing import Function

RNG = np.random.default_rng(4)
X = RNG.normal(size=(4, 5, 3)).astype("float32")
MASK = np.array(
    [[1, 1, 1, 0, 0], [0, 1, 1, 1, 1], [1, 0, 1, 0, 1], [0, 0, 0, 0, 0]], bool
)


class Leaky(layers.Layer):
    """A cell that is called step by step."""

    state_size = 2

    def build(self, input_shape):
        self.kernel = self.add_weight((input_shape[-1], 2), name="kernel")

    def call(self, inputs, states):
        h = 0.5 * states[0] + ops.matmul(inputs, self.kernel)
        return ops.tanh(h), [h]


MAKERS = {
    "lstm": lambda: layers.LSTM(2, return_sequences=True),
    "gru-state": lambda: layers.GRU(2, return_state=True, zero_output_for_mask=True),
    "simple": lambda: layers.SimpleRNN(2, go_backwards=True, return_sequences=True),
    "dropout": lambda: layers.LSTM(2, dropout=0.3, recurrent_dropout=0.3, seed=1),
    "custom": lambda: layers.RNN(Leaky(), return_sequences=True),
    "stack": lambda: layers.RNN([layers.LSTMCell(2), layers.GRUCell(2)]),
    "mixed-stack": lambda: layers.RNN(
        [layers.GRUCell(2, dropout=0.3, seed=2), Leaky()]
    ),
    "bidirectional": lambda: layers.Bidirectional(layers.GRU(2), merge_mode="mul"),
    "distributed": lambda: layers.TimeDistributed(layers.Dense(2)),
    "steps": lambda: layers.TimeDistributed(layers.BatchNormalization()),
    "stateful": lambda: layers.LSTM(2, stateful=True),
    "stateful-custom": lambda: layers.RNN(Leaky(), stateful=True),
}


def made(name):
    naming.reset_uids()
    random.set_random_seed(3)
    layer = MAKERS[name]()
    layer.build((4, 5, 3))
    return layer


def step_of(layer, training):
    def step(x, mask):
        with GradientTape() as tape:
            tape.watch(x)
            y = layer(x, mask=mask, training=training)
            loss = sum(ops.sum(ops.square(part)) for part in tree.flatten(y))
        return y, tape.gradient(loss, [x, *layer.trainable_variables])

    return step


def states_of(layer):
    held = getattr(layer, "states", None)
    return [] if held is None else [v.numpy() for v in tree.flatten(held)]


@pytest.mark.parametrize("training", [True, False], ids=["training", "inference"])
@pytest.mark.parametrize("name", MAKERS)
def test_recorded_is_eager(name, training):
    eager, layer = made(name), made(name)
    layer.set_weights(eager.get_weights())
    expected = step_of(eager, training)
    runs = []
    inner = step_of(layer, training)

    def counted(*given):
        runs.append(1)
        return inner(*given)

    found = Function(counted, roots=lambda: [layer])
    for i in range(5):
        x, mask = np.roll(X, i, 1), np.roll(MASK, i, 1)
        one = expected(ops.convert_to_tensor(x), ops.convert_to_tensor(mask))
        two = found(x, mask)
        for a, b in zip(tree.flatten(one), tree.flatten(two), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
        for a, b in zip(states_of(eager), states_of(layer), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
        if i == 3 and hasattr(layer, "reset_state"):
            eager.reset_state()
            layer.reset_state()
    assert len(runs) == 3  # the last two calls are replays


@pytest.mark.parametrize("dtype", ["float32", "mixed_float16"])
def test_training_a_model_is_the_same_recorded(dtype):
    words = RNG.integers(1, 7, size=(12, 6))
    words[:, 4:] *= RNG.integers(0, 2, size=(12, 2))
    y = RNG.integers(0, 2, size=(12, 1)).astype("float32")

    def trained(eagerly):
        naming.reset_uids()
        random.set_random_seed(5)
        model = keras.Sequential(
            [
                keras.Input((None,)),
                layers.Embedding(7, 3, mask_zero=True),
                layers.Bidirectional(layers.LSTM(2, return_sequences=True)),
                layers.GRU(2, dtype=dtype),
                layers.Dense(1, activation="sigmoid"),
            ]
        )
        model.compile("sgd", "binary_crossentropy", run_eagerly=eagerly)
        losses = model.fit(words, y, batch_size=4, epochs=4, shuffle=False, verbose=0)
        return losses.history["loss"], model.get_weights()

    (one, weights), (two, others) = trained(True), trained(False)
    tolerance = 1e-4 if dtype == "float32" else 5e-3
    np.testing.assert_allclose(one, two, rtol=tolerance)
    for a, b in zip(weights, others, strict=True):
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


def test_lengths_may_vary_from_batch_to_batch():
    model = keras.Sequential([keras.Input((None, 2)), layers.GRU(3)])
    for time in (3, 5, 3, 4, 3, 5, 3, 5):
        x = RNG.normal(size=(2, time, 2)).astype("float32")
        np.testing.assert_allclose(
            model.predict_on_batch(x), model.layers[0](x), rtol=1e-5, atol=1e-6
        )
