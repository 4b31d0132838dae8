"""Zeros around spatial axes against values of Keras."""

import numpy as np
import pytest

from kerasish import layers
from kerasish.layers.reshaping.zero_padding import __all__ as NAMES
from tests.kerasish.layers.tables import WideTable


class TestTable(WideTable):
    area = "reshaping"
    names = NAMES
    atol = 0


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
