"""Zeros around spatial axes against values of Keras."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers
from kerasish.layers.reshaping.zero_padding import __all__ as NAMES
from tests.golden.stored_layers import config, identify, made, new, stored

ROWS = [row for row in stored("reshaping")["layers"] if row["cls"] in NAMES]


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_outputs_are_those_of_keras(row):
    layer, x = made("reshaping", row)
    y = layer(x)
    assert (list(y.shape), y.dtype) == (list(np.shape(row["y"])), row["out_dtype"])
    np.testing.assert_allclose(y, row["y"], rtol=1e-5, atol=0)


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_configs_are_those_of_keras(row):
    assert config(new(row)) == row["config"]


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_symbolic_shapes_and_dtypes(row):
    layer, x = made("reshaping", row)
    free = (*[None] * (x.ndim - 1), x.shape[-1])
    assert list(layer.compute_output_shape(free)) == row["free"]
    assert layer.compute_output_shape(x.shape) == np.shape(row["y"])
    symbolic = layer(keras.KerasTensor(free, dtype=str(x.dtype)))
    assert (list(symbolic.shape), symbolic.dtype) == (row["free"], row["out_dtype"])


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_the_config_makes_the_same_layer(row):
    layer, x = made("reshaping", row)
    again = layers.deserialize(layers.serialize(layer))
    assert again.get_config() == layer.get_config()
    np.testing.assert_array_equal(again(x), layer(x))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64", "mixed_float16"])
def test_dtypes(dtype):
    layer = layers.ZeroPadding2D((1, 2), dtype=dtype)
    y = layer(np.ones((1, 2, 2, 1)))
    assert y.dtype == layer.compute_dtype
    assert np.asarray(y, "float32").sum() == 4.0


@pytest.mark.parametrize(
    "make, match",
    [
        (lambda: layers.ZeroPadding1D((1, 2, 3)), "`padding` of `ZeroPadding1D`"),
        (lambda: layers.ZeroPadding2D(-1), "`padding` of `ZeroPadding2D`"),
        (lambda: layers.ZeroPadding3D((1, 2)), "`padding` of `ZeroPadding3D`"),
        (lambda: layers.ZeroPadding2D(data_format="x"), "`data_format`"),
        (lambda: layers.ZeroPadding2D()(np.ones((2, 3, 4))), "ndim=4"),
    ],
)
def test_wrong_arguments(make, match):
    with pytest.raises(ValueError, match=match):
        make()
