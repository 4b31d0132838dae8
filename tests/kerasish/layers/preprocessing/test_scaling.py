"""Layers of `scaling` against values of Keras."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers
from kerasish.layers.preprocessing.scaling import __all__ as NAMES
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


def test_adapt_finds_the_moments_over_batches(rng):
    x = rng.normal(5.0, 3.0, (1000, 3))
    layer = layers.Normalization()
    layer.adapt(x, batch_size=37)
    np.testing.assert_allclose(layer.adapt_mean, x.mean(0), rtol=1e-5)
    np.testing.assert_allclose(layer.adapt_variance, x.var(0), rtol=1e-5)
    y = np.asarray(layer(x))
    np.testing.assert_allclose(y.std(0), 1.0, rtol=1e-4)


def test_inverse():
    kw = {"mean": 2.0, "variance": 4.0}
    x = np.array([[1.0, 5.0]], "float32")
    there = layers.Normalization(**kw)(x)
    assert layers.Normalization(**kw, invert=True)(there).tolist() == x.tolist()


def test_wrong_use():
    with pytest.raises(ValueError, match="both `mean` and `variance`"):
        layers.Normalization(mean=1.0)
    with pytest.raises(RuntimeError, match="cannot adapt"):
        layers.Normalization(mean=1.0, variance=1.0).adapt(np.ones((2, 2)))
    with pytest.raises(ValueError, match="known size"):
        layers.Normalization().build((None, None))
