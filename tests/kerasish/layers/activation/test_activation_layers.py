"""Layers of `activation_layers` against values of Keras."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers
from kerasish.layers.activation.activation_layers import __all__ as NAMES
from tests.golden.reference import identify, reference, rows

ROWS = rows("layers", NAMES)


def data(row):
    x = np.array(reference()["inputs"][row["x"]])
    return x if row["x"] == "i" else x.astype("float32")


def make(row):
    layer = getattr(layers, row["cls"])(**row["kw"])
    layer(data(row))
    layer.set_weights([np.array(w) for w in row["weights"]])
    return layer


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_outputs_are_those_of_keras(row):
    found = make(row)(data(row))
    np.testing.assert_allclose(found, row["y"], rtol=2e-5, atol=2e-5)


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_symbolic_shapes_are_those_computed(row):
    x = data(row)
    layer = getattr(layers, row["cls"])(**row["kw"])
    dtype = "int32" if row["x"] == "i" else "float32"
    symbolic = layer(keras.Input(x.shape[1:], dtype=dtype))
    expected = np.shape(row["y"])
    assert symbolic.shape == (None, *expected[1:])
    assert tuple(layer.compute_output_shape(x.shape)) == expected


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_config_makes_the_same_layer(row):
    layer = make(row)
    again = layers.deserialize(layers.serialize(layer))
    assert again.get_config() == layer.get_config()
    again(data(row))
    again.set_weights(layer.get_weights())
    np.testing.assert_array_equal(again(data(row)), layer(data(row)))
    assert set(vars(again)) == set(vars(layer))


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_a_model_of_it_trains_and_is_saved(row, tmp_path):
    x = data(row)
    dtype = "int32" if row["x"] == "i" else "float32"
    inputs = keras.Input(x.shape[1:], dtype=dtype)
    y = getattr(layers, row["cls"])(**row["kw"])(inputs)
    outputs = layers.Dense(1)(layers.Flatten()(y))
    model = keras.Model(inputs, outputs)
    model.compile("sgd", "mse")
    assert np.isfinite(model.train_on_batch(x, np.ones(len(x), "float32")))
    model.save(tmp_path / "x.keras")
    again = keras.saving.load_model(tmp_path / "x.keras")
    np.testing.assert_allclose(
        again.predict(x, verbose=0), model.predict(x, verbose=0), atol=1e-6
    )


@pytest.mark.parametrize(
    "make_wrong, match",
    [
        (lambda: layers.ReLU(max_value=-1.0), "`max_value`"),
        (lambda: layers.ReLU(negative_slope=-1.0), "`negative_slope`"),
        (lambda: layers.LeakyReLU(-1.0), "`negative_slope`"),
    ],
)
def test_arguments_out_of_range(make_wrong, match):
    with pytest.raises(ValueError, match=match):
        make_wrong()


def test_masked_softmax():
    mask = np.array([[True, False, True]])
    found = layers.Softmax()(np.zeros((1, 3)), mask=mask)
    assert found.tolist() == [[0.5, 0.0, 0.5]]


def test_masked_softmax_is_that_of_keras():
    x = np.ones((2, 3))
    mask = np.array([[0, 0, 0], [1, 1, 0]], bool)
    expected = [[0.0, 0.0, 0.0], [0.5, 0.5, 0.0]]  # Keras 3.15.1 on JAX, all of them
    assert layers.Softmax()(x, mask=mask).tolist() == expected
    found = layers.Softmax()(x, mask=np.array([[0, 0.4, 0.6], [1, 1, 0]], "float32"))
    assert found.tolist() == [[0.0, 0.0, 1.0], [0.5, 0.5, 0.0]]
    layer = layers.Softmax(axis=(1, 2))
    mask = np.array([[[0, 0], [0, 1]], [[0, 0], [0, 0]]], bool)
    found = layer(np.ones((2, 2, 2)), mask=mask)
    assert found.tolist() == [[[0.0, 0.0], [0.0, 1.0]], [[0.0, 0.0], [0.0, 0.0]]]
    low = np.array([[60000.0, -60000.0, -60000.0], [1.0, 2.0, 3.0]])
    mask = np.array([[0, 1, 1], [0, 0, 0]], bool)
    assert not np.any(layers.Softmax(dtype="float16")(low, mask=mask))
    found = layers.Softmax()(x, mask=np.ones((1, 3), bool))
    np.testing.assert_allclose(found, np.full((2, 3), 1 / 3), rtol=1e-6)


@pytest.mark.parametrize("shape", [(2, 2, 3), (2, 2)])
def test_masks_of_softmax_must_fit(shape):
    with pytest.raises(ValueError, match="`mask` of `Softmax` .* must broadcast"):
        layers.Softmax()(np.ones((2, 3)), mask=np.ones(shape, bool))
