"""Output padding of transposed convolutions."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers


@pytest.mark.parametrize(
    "kw, match",
    [
        ({"filters": 0}, "`filters` of `Conv2DTranspose`.*filters=0"),
        ({"filters": None}, "`filters`.*filters=None"),
        ({"output_padding": 2}, "below `strides` on every axis.*=2, strides="),
        ({"output_padding": (0, 2)}, r"below `strides`.*\(0, 2\)"),
        ({"output_padding": -1}, "`output_padding`.* non-negative integer or 2 of"),
        ({"output_padding": (1,)}, "`output_padding`"),
        ({"padding": "causal"}, "`padding`"),
        ({"dilation_rate": 2}, "does not go with `dilation_rate > 1`"),
    ],
)
def test_arguments_out_of_range(kw, match):
    given = {"filters": 4, "kernel_size": 3, "strides": 2, **kw}
    with pytest.raises(ValueError, match=match):
        layers.Conv2DTranspose(**given)


def test_nothing_is_left():
    layer = layers.Conv1DTranspose(1, 2, padding="same", output_padding=0)
    with pytest.raises(ValueError, match="output size would be zero or negative"):
        layer(np.ones((1, 1, 1)))


def test_output_padding_is_told_in_full():
    layer = layers.Conv2DTranspose(4, 3, strides=2, output_padding=1)
    assert layer.output_padding == (1, 1)
    shape = layer.compute_output_shape((None, 5, None, 3))
    assert shape == (None, 12, None, 4)
    assert layer(keras.Input((5, None, 3))).shape == shape


def test_windows_that_do_not_meet_leave_zeros():
    layer = layers.Conv1DTranspose(1, 1, strides=3, kernel_initializer="ones")
    y = layer(np.array([[[1.0], [2.0]]]))
    assert np.ravel(y).tolist() == [1.0, 0.0, 0.0, 2.0, 0.0, 0.0]
