"""Images brought to one size, against values of Keras."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers
from kerasish.layers.preprocessing.resizing import __all__ as NAMES
from tests.kerasish.layers.tables import WideTable


class TestTable(WideTable):
    area = "reshaping"
    names = NAMES


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64", "mixed_float16"])
def test_dtypes(dtype):
    x = np.arange(16.0).reshape(1, 4, 4, 1)
    for layer in (layers.Resizing(2, 2, dtype=dtype), layers.CenterCrop(2, 2)):
        y = layer(x)
        assert y.dtype == layer.compute_dtype
    assert layers.Resizing(2, 2, dtype=dtype)(x)[0, 0, 0, 0] == 2.5


def test_integers_stay_integers_until_they_are_rescaled():
    inputs = keras.Input((None, None, 3), dtype="uint8")
    small = layers.Resizing(4, 4)(inputs)
    assert small.dtype == "uint8"
    model = keras.Model(inputs, layers.Rescaling(1 / 255)(small))
    y = model.predict(np.full((2, 9, 7, 3), 51, "uint8"), verbose=0)
    assert y.shape == (2, 4, 4, 3)
    np.testing.assert_allclose(y, 0.2, rtol=1e-6)


@pytest.mark.parametrize(
    "make, match",
    [
        (lambda: layers.Resizing(0, 4), "`height` of `Resizing`"),
        (lambda: layers.Resizing(3, 4.5), "`width` of `Resizing`"),
        (lambda: layers.Resizing(3, 4, "x"), "`interpolation` of `Resizing`"),
        (lambda: layers.Resizing(3, 4, fill_mode="reflect"), "`fill_mode`"),
        (
            lambda: layers.Resizing(
                3, 4, crop_to_aspect_ratio=True, pad_to_aspect_ratio=True
            ),
            "not both",
        ),
        (lambda: layers.Resizing(3, 4, data_format="x"), "`data_format`"),
        (lambda: layers.Resizing(3, 4)(np.ones((5, 5))), "one image of 3 axes"),
        (lambda: layers.CenterCrop(0, 3), "`height` of `CenterCrop`"),
        (lambda: layers.CenterCrop(2, 3)(np.ones((5, 5))), "one image of 3 axes"),
    ],
)
def test_wrong_arguments(make, match):
    with pytest.raises(ValueError, match=match):
        make()
