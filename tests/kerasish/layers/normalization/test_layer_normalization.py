"""Layers of `layer_normalization` against values of Keras."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers
from kerasish.layers.normalization.layer_normalization import __all__ as NAMES
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


def test_arguments_out_of_range():
    with pytest.raises(ValueError, match="`epsilon`"):
        layers.LayerNormalization(epsilon=-1.0)
    with pytest.raises(TypeError, match="`axis`"):
        layers.LayerNormalization(axis="x")


def test_scaling_without_the_mean_for_old_models():
    with pytest.warns(UserWarning, match="use `RMSNormalization`"):
        layer = layers.LayerNormalization(rms_scaling=True)
    y = layer(np.array([[1.0, 2.0, 3.0]]))
    keras_says = [[1.2238274, 2.4476547, 3.671482]]  # 3.15.1 on JAX
    np.testing.assert_allclose(y, keras_says, rtol=1e-6)
    assert [w.name for w in layer.weights] == ["gamma"]
    config = layer.get_config()
    assert config["rms_scaling"] is config["center"] is True
    with pytest.warns(UserWarning, match="use `RMSNormalization`"):
        again = layers.LayerNormalization.from_config(config)
    np.testing.assert_array_equal(again(np.array([[1.0, 2.0, 3.0]])), y)
    with pytest.warns(UserWarning, match="use `RMSNormalization`"):
        layer = layers.LayerNormalization(
            axis=1, epsilon=0.1, scale=False, rms_scaling=True
        )
    y = layer(np.array([[[1.0, 2.0, 3.0], [4.0, 5.0, 6.1]]]))
    keras_says = [[0.6523281, 1.3046561, 1.8964187], [2.6093123, 3.2616403, 3.8560512]]
    np.testing.assert_allclose(y[0], keras_says, rtol=1e-6)
    assert [w.shape for w in layer.weights] == [(2,)]


def test_without_weights():
    layer = layers.LayerNormalization(center=False, scale=False)
    y = np.asarray(layer(np.array([[1.0, 2.0, 6.0]])))
    assert y.mean() == pytest.approx(0.0, abs=1e-6) and layer.weights == []
