"""Longer spatial axes against values of Keras."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers, ops
from kerasish.layers.reshaping.up_sampling import __all__ as NAMES
from tests.kerasish.layers.tables import WideTable


class TestTable(WideTable):
    area = "reshaping"
    names = NAMES


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
