"""Layers of `pooling` against values of Keras."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers
from kerasish.layers.pooling.pooling import __all__ as NAMES
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


def test_a_window_that_does_not_fit():
    with pytest.raises(ValueError, match="does not fit"):
        layers.MaxPooling2D(5)(keras.Input((3, 3, 1)))


@pytest.mark.parametrize(
    "kw, match",
    [
        ({"pool_size": 0}, "`pool_size`"),
        ({"padding": "full"}, "`padding`"),
        ({"data_format": "last"}, "`data_format`"),
    ],
)
def test_arguments_out_of_range(kw, match):
    with pytest.raises(ValueError, match=match):
        layers.MaxPooling1D(**kw)


def test_channels_first(rng):
    x = rng.normal(size=(2, 3, 4, 4)).astype("float32")
    last = layers.AveragePooling2D(2)(x.transpose(0, 2, 3, 1))
    first = layers.AveragePooling2D(2, data_format="channels_first")(x)
    np.testing.assert_allclose(np.asarray(first).transpose(0, 2, 3, 1), last)


def test_masked_steps_do_not_count():
    x = np.array([[[1.0], [3.0], [9.0]]], "float32")
    mask = np.array([[True, True, False]])
    found = layers.GlobalAveragePooling1D()(x, mask=mask)
    assert found.tolist() == [[2.0]]
