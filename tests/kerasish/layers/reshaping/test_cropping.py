"""Spatial axes cut off at their ends, against values of Keras."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers
from kerasish.layers.reshaping.cropping import __all__ as NAMES
from tests.kerasish.layers.tables import WideTable


class TestTable(WideTable):
    area = "reshaping"
    names = NAMES
    atol = 0


def test_the_format_of_sequences_is_always_channels_last():
    keras.config.set_image_data_format("channels_first")
    try:
        layer = layers.Cropping1D(1)
        assert layer(np.ones((2, 5, 3))).shape == (2, 3, 3)
        assert layers.Cropping2D(1).get_config()["data_format"] == "channels_first"
    finally:
        keras.config.set_image_data_format("channels_last")


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64", "mixed_float16"])
def test_dtypes(dtype):
    layer = layers.Cropping2D(1, dtype=dtype)
    y = layer(np.arange(16.0).reshape(1, 4, 4, 1))
    assert y.dtype == layer.compute_dtype
    assert np.asarray(y, "float32").ravel().tolist() == [5.0, 6.0, 9.0, 10.0]


@pytest.mark.parametrize(
    "make, match",
    [
        (lambda: layers.Cropping1D((1, -1)), "`cropping` of `Cropping1D`"),
        (lambda: layers.Cropping2D((1, 2, 3)), "`cropping` of `Cropping2D`"),
        (lambda: layers.Cropping3D("a"), "`cropping` of `Cropping3D`"),
        (lambda: layers.Cropping3D(data_format="x"), "`data_format`"),
        (lambda: layers.Cropping1D(2)(np.ones((1, 4, 2))), "leave something"),
        (
            lambda: layers.Cropping1D((3, 3))(np.ones((1, 4, 2))),
            "axis 1, which has the size",
        ),
        (lambda: layers.Cropping2D(4)(keras.Input((8, 4, 1))), "leave something"),
        (
            lambda: layers.Cropping3D(2).compute_output_shape((None, 9, 9, 4, 1)),
            "axis 3, which has the size 4. Received: crop",
        ),
    ],
)
def test_wrong_arguments(make, match):
    with pytest.raises(ValueError, match=match):
        make()
