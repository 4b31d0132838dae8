"""ConvLSTM1D, ConvLSTM2D and ConvLSTM3D against values of Keras."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers
from tests.golden.stored_recurrent import check, identify, rows

KINDS = ("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")


@pytest.mark.parametrize("row", rows(*KINDS), ids=identify)
def test_values_are_those_of_keras(row):
    check(row)


def test_weights_and_their_names():
    layer = layers.ConvLSTM2D(3, (2, 4), name="film")
    layer.build((None, 5, 8, 9, 2))
    assert [(w.path, w.shape) for w in layer.weights] == [
        ("film/conv_lstm_cell/kernel", (2, 4, 2, 12)),
        ("film/conv_lstm_cell/recurrent_kernel", (2, 4, 3, 12)),
        ("film/conv_lstm_cell/bias", (12,)),
    ]


def test_a_model_of_it_trains_and_is_saved(tmp_path):
    x = np.random.default_rng(0).normal(size=(4, 3, 6, 2)).astype("float32")
    inputs = keras.Input((None, 6, 2))
    y = layers.ConvLSTM1D(2, 3, padding="same", return_sequences=True)(inputs)
    y = layers.ConvLSTM1D(2, 3, strides=2, dropout=0.1, recurrent_dropout=0.1)(y)
    model = keras.Model(inputs, layers.Dense(1)(layers.Flatten()(y)))
    model.compile("sgd", "mse")
    model.fit(x, np.ones((4, 1)), epochs=4, verbose=0)
    model.save(tmp_path / "x.keras")
    again = keras.saving.load_model(tmp_path / "x.keras")
    np.testing.assert_allclose(
        again.predict(x, verbose=0), model.predict(x, verbose=0), atol=1e-6
    )
    assert again.get_config() == model.get_config()
