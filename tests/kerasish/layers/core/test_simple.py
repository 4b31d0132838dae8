"""Layers of `simple` against values of Keras."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers, ops
from kerasish.layers.core.simple import __all__ as NAMES
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


def test_dropout_only_while_training():
    x = np.ones((50, 50), "float32")
    layer = layers.Dropout(0.25, seed=1)
    assert (np.asarray(layer(x)) == 1).all()
    y = np.asarray(layer(x, training=True))
    assert set(np.unique(y)) == {0.0, np.float32(1 / 0.75)}
    assert abs((y == 0).mean() - 0.25) < 0.03
    assert not np.array_equal(y, np.asarray(layer(x, training=True)))


def test_dropout_masks_of_a_shape():
    y = np.asarray(layers.Dropout(0.5, (None, 1), 1)(np.ones((9, 4)), training=True))
    assert all(len(set(row)) == 1 for row in y)
    assert not np.asarray(layers.Dropout(1.0)(np.ones((2, 2)), training=True)).any()


@pytest.mark.parametrize("rate", [-0.1, 1.1, float("nan"), "x"])
def test_a_rate_out_of_range(rate):
    with pytest.raises(ValueError, match="argument `rate`"):
        layers.Dropout(rate)


def test_lambda():
    layer = layers.Lambda(lambda x, k: x * k, arguments={"k": 3.0})
    assert layer(np.ones((1, 1))).tolist() == [[3.0]]
    assert layers.Lambda(lambda x: x, output_shape=(2,))(keras.Input((2,))).shape
    with pytest.raises(TypeError, match="must be callable"):
        layers.Lambda(3)


def test_an_operation_as_the_function_of_a_lambda(tmp_path):
    multiply = layers.Lambda(ops.multiply, arguments={"x2": 2.0})
    model = keras.Sequential([keras.Input((2,)), multiply])
    model.save(tmp_path / "doubled.keras")
    again = keras.saving.load_model(tmp_path / "doubled.keras")
    assert again(np.ones((1, 2))).tolist() == [[2.0, 2.0]]
    # As Keras 3.15.1 writes `Lambda(ops.abs)`.
    function = {"module": "builtins", "class_name": "function", "config": "abs"}
    config = {"name": "it", "function": {**function, "registered_name": "function"}}
    assert layers.Lambda.from_config(config)(np.array([[-1.0]])).tolist() == [[1.0]]


def test_masking():
    y = layers.Masking(-1.0)(np.array([[[1.0], [-1.0]]]))
    assert y.tolist() == [[[1.0], [0.0]]]
    assert layers.Identity()(y)._keras_mask.tolist() == [[True, False]]
