"""UnitNormalization against values of Keras."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers
from kerasish.layers.normalization.unit_normalization import __all__ as NAMES
from tests.golden.stored_layers import config, identify, made, new, stored

ROWS = [row for row in stored("normalization")["layers"] if row["cls"] in NAMES]


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_outputs_are_those_of_keras(row):
    layer, x = made("normalization", row)
    y = layer(x)
    assert (list(y.shape), y.dtype) == (list(np.shape(row["y"])), row["out_dtype"])
    np.testing.assert_allclose(y, row["y"], rtol=1e-5, atol=1e-6)
    assert [w.name for w in layer.weights] == row["names"]


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_configs_are_those_of_keras(row):
    assert config(new(row)) == row["config"]


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_symbolic_shapes_and_dtypes(row):
    layer, x = made("normalization", row)
    free = (*[None] * (x.ndim - 1), x.shape[-1])
    symbolic = layer(keras.KerasTensor(free))
    assert (symbolic.shape, symbolic.dtype) == (free, "float32")
    assert layer.compute_output_shape(x.shape) == x.shape


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_the_config_makes_the_same_layer(row):
    layer, x = made("normalization", row)
    again = layers.deserialize(layers.serialize(layer))
    again(x)
    again.set_weights(layer.get_weights())
    np.testing.assert_array_equal(again(x), layer(x))


def test_masks_pass():
    x = layers.Masking()(np.array([[[3.0, 4.0], [0.0, 0.0]]]))
    y = layers.UnitNormalization()(x)
    assert y._keras_mask.tolist() == [[True, False]]
    np.testing.assert_allclose(y[0], [[0.6, 0.8], [0.0, 0.0]], rtol=1e-6)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "mixed_float16", "float64"])
def test_dtypes(dtype):
    layer = layers.UnitNormalization(dtype=dtype)
    y = layer(np.array([[300.0, 400.0], [3e-4, 4e-4]]))  # squares leave float16
    assert y.dtype == layer.compute_dtype
    found = np.asarray(y, "float32")
    np.testing.assert_allclose(found, [[0.6, 0.8], [0.6, 0.8]], rtol=1e-2)


@pytest.mark.parametrize("axis", [1.5, "a", None])
def test_axes_of_another_type(axis):
    with pytest.raises(TypeError, match="`axis` of `UnitNormalization`"):
        layers.UnitNormalization(axis=axis)


def test_an_axis_that_is_not_there():
    with pytest.raises(ValueError, match="axis"):
        layers.UnitNormalization(axis=5)(np.ones((2, 3)))
