"""CategoryEncoding against Keras."""

import numpy as np
import pytest

import kerasish as keras
from kerasish.autodiff import GradientTape
from kerasish.layers import CategoryEncoding
from tests.golden.stored_text import check_row, identify, rows


@pytest.mark.parametrize("row", rows("CategoryEncoding"), ids=identify)
def test_as_keras(row):
    check_row(row)


@pytest.mark.parametrize("mode", ["one_hot", "multi_hot", "count"])
def test_in_a_model(mode):
    inputs = keras.Input((3,), dtype="int32")
    encoded = CategoryEncoding(4, output_mode=mode)(inputs)
    outputs = keras.layers.Dense(1)(keras.layers.Flatten()(encoded))
    model = keras.Model(inputs, outputs)
    model.compile("sgd", "mse")
    x = np.random.default_rng(0).integers(0, 4, (20, 3))
    history = model.fit(x, np.ones(20), batch_size=5, epochs=4, verbose=0)
    assert history.history["loss"][-1] < history.history["loss"][0]
    x[17, 1] = 4  # recorded steps look, too
    with pytest.raises(ValueError, match="encodes must be from 0 to 3. Received: 4"):
        model.fit(x, np.ones(20), batch_size=5, verbose=0)


def test_weights_get_gradients():
    layer = CategoryEncoding(3, output_mode="count")
    weights = keras.Variable(np.array([[1.0, 2.0]]))
    with GradientTape() as tape:
        y = layer(np.array([[2, 2]]), count_weights=weights)
        total = keras.ops.sum(y * np.array([1.0, 10.0, 100.0]))
    np.testing.assert_array_equal(tape.gradient(total, weights), [[100, 100]])


@pytest.mark.parametrize(
    ("kw", "message"),
    [
        ({}, "`num_tokens` of `CategoryEncoding` must be set. .*`IntegerLookup`"),
        ({"num_tokens": 0}, "`num_tokens` of `CategoryEncoding` must be a positive"),
        (
            {"num_tokens": 2, "output_mode": "int"},
            "Unknown value for `output_mode` arg",
        ),
        ({"num_tokens": 2, "sparse": True}, "there are no sparse tensors"),
    ],
)
def test_arguments_that_are_refused(kw, message):
    with pytest.raises(ValueError, match=message):
        CategoryEncoding(**kw)


@pytest.mark.parametrize(
    ("mode", "x", "weights", "message"),
    [
        ("multi_hot", [[4]], None, "must be from 0 to 3. Received: 4"),
        ("count", [[-1]], None, "must be from 0 to 3. Received: -1"),
        ("one_hot", [[0.5]], None, "must be integers. Received: dtype=float32"),
        ("one_hot", [[1]], [[1.0]], "`count_weights` of .* is not used when"),
        (
            "count",
            [[1]],
            [1.0],
            "must have the shape of the inputs, .1, 1.. Rec.* .1,.",
        ),
    ],
)
def test_inputs_that_are_refused(mode, x, weights, message):
    with pytest.raises(ValueError, match=message):
        CategoryEncoding(4, output_mode=mode)(x, count_weights=weights)
