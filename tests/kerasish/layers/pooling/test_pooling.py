"""Pooling over windows against values and configs of Keras."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers
from kerasish.layers.pooling.pooling import __all__ as NAMES
from tests.golden import stored_convolutions as stored
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


@pytest.mark.parametrize("row", stored.rows(*NAMES), ids=lambda row: row.name)
def test_every_option_gives_what_keras_gives(row):
    stored.check_outputs(row)


@pytest.mark.parametrize("row", stored.rows(*NAMES)[::3], ids=lambda row: row.name)
def test_gradients_are_those_of_differences(row):
    stored.check_gradients(row)


@pytest.mark.parametrize("cls, kwargs, config", stored.configs(*NAMES))
def test_configs_are_those_of_keras(cls, kwargs, config):
    stored.check_config(cls, kwargs, config)


@pytest.mark.parametrize("name", NAMES)
def test_aliases(name):
    alias = name.replace("Pooling", "Pool").replace("Average", "Avg")
    assert getattr(layers, alias) is getattr(layers, name)


def test_a_mean_needs_the_size_of_the_window():
    assert layers.MaxPooling2D().pool_size == (2, 2)
    with pytest.raises(TypeError, match="pool_size"):
        layers.AveragePooling2D()
