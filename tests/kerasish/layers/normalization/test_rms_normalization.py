"""RMSNormalization against values of Keras."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers
from kerasish.layers.normalization.rms_normalization import __all__ as NAMES
from tests.kerasish.layers.tables import WideTable


class TestTable(WideTable):
    area = "normalization"
    names = NAMES


def test_one_axis_in_the_middle(rng):
    x = rng.normal(size=(2, 3, 4)).astype("float32")
    layer = layers.RMSNormalization(axis=1, epsilon=0.0)
    y = layer(x)
    assert layer.scale.shape == (3,)
    expected = x / np.sqrt((x**2).mean(1, keepdims=True))
    np.testing.assert_allclose(y, expected, rtol=1e-5)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "mixed_float16", "float64"])
def test_dtypes(dtype):
    layer = layers.RMSNormalization(dtype=dtype)
    y = layer(np.full((1, 4), 1000.0))  # squares overflow in float16
    assert y.dtype == layer.compute_dtype
    np.testing.assert_allclose(np.asarray(y, "float32"), 1.0, rtol=1e-2)
    assert layer.scale.dtype == layer.variable_dtype


@pytest.mark.parametrize(
    "make, error, match",
    [
        (lambda: layers.RMSNormalization(axis=1.5), TypeError, "`axis` of `RMSNorm"),
        (lambda: layers.RMSNormalization(epsilon=-1), ValueError, "`epsilon` of"),
        (lambda: layers.RMSNormalization(7)(np.ones((2, 4))), ValueError, "axis"),
        (
            lambda: layers.RMSNormalization()(keras.Input((4, None))),
            ValueError,
            "must have known sizes",
        ),
    ],
)
def test_wrong_arguments(make, error, match):
    with pytest.raises(error, match=match):
        make()
