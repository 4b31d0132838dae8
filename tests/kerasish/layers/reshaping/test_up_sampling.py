"""Longer spatial axes against values of Keras."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers, ops
from kerasish.layers.reshaping.up_sampling import __all__ as NAMES
from tests.golden.stored_layers import config, identify, made, new, stored

ROWS = [row for row in stored("reshaping")["layers"] if row["cls"] in NAMES]


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_outputs_are_those_of_keras(row):
    layer, x = made("reshaping", row)
    y = layer(x)
    assert (list(y.shape), y.dtype) == (list(np.shape(row["y"])), row["out_dtype"])
    np.testing.assert_allclose(y, row["y"], rtol=1e-5, atol=1e-5)


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


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
@pytest.mark.parametrize("interpolation", ["nearest", "bilinear"])
def test_dtypes(dtype, interpolation, rng):
    x = rng.integers(0, 8, (2, 3, 2, 2))
    layer = layers.UpSampling2D(2, interpolation=interpolation, dtype=dtype)
    y = layer(x.astype("float64"))
    assert y.dtype == dtype
    wide = layers.UpSampling2D(2, interpolation=interpolation)(x.astype("float32"))
    # Sixteenths of small integers are exact even in bfloat16.
    np.testing.assert_array_equal(ops.cast(y, "float32"), wide)


def test_the_gradient_of_copies_is_their_sum(rng):
    x, g = rng.normal(size=(2, 3, 2, 4)), rng.normal(size=(2, 6, 6, 4))
    layer = layers.UpSampling2D((2, 3), dtype="float64")
    x = ops.convert_to_tensor(x)
    with keras.GradientTape() as tape:
        tape.watch(x)
        loss = ops.sum(layer(x) * g)
    expected = g.reshape(2, 3, 2, 2, 3, 4).sum((2, 4))
    np.testing.assert_allclose(tape.gradient(loss, x), expected)


@pytest.mark.parametrize(
    "make, error, match",
    [
        (lambda: layers.UpSampling1D(2.5), TypeError, "integer value for `size`"),
        (lambda: layers.UpSampling1D((2,)), TypeError, "got tuple"),
        (lambda: layers.UpSampling1D(0), ValueError, "positive integer. Received"),
        (lambda: layers.UpSampling2D((1, 2, 3)), ValueError, "`size` of `UpSampling2D"),
        (lambda: layers.UpSampling3D((1, 2)), ValueError, "or 3 of them"),
        (lambda: layers.UpSampling2D(data_format="x"), ValueError, "`data_format`"),
        (lambda: layers.UpSampling2D(interpolation="x"), ValueError, "must be one of"),
        (lambda: layers.UpSampling2D()(np.ones((2, 3, 4))), ValueError, "ndim=4"),
    ],
)
def test_wrong_arguments(make, error, match):
    with pytest.raises(error, match=match):
        make()
