"""UnitNormalization against values of Keras."""

import numpy as np
import pytest

from kerasish import layers
from kerasish.layers.normalization.unit_normalization import __all__ as NAMES
from tests.kerasish.layers.tables import WideTable


class TestTable(WideTable):
    area = "normalization"
    names = NAMES
    atol = 1e-06


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
