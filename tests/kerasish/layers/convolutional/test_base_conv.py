"""What all convolution layers check."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers


@pytest.mark.parametrize(
    "kw, match",
    [
        ({"filters": 0}, "`filters`"),
        ({"filters": 3, "groups": 2}, "multiple of `groups`"),
        ({"kernel_size": (2, 2, 2)}, "`kernel_size`"),
        ({"kernel_size": 0}, "`kernel_size`"),
        ({"padding": "causal"}, "`padding`"),
        ({"data_format": "x"}, "`data_format`"),
        ({"strides": 2, "dilation_rate": 2}, "does not go with"),
    ],
)
def test_arguments_out_of_range(kw, match):
    with pytest.raises(ValueError, match=match):
        layers.Conv2D(**{"filters": 4, "kernel_size": 3, **kw})


def test_inputs_that_do_not_fit():
    with pytest.raises(ValueError, match="evenly divisible"):
        layers.Conv2D(4, 1, groups=2)(np.ones((1, 4, 4, 3)))
    with pytest.raises(ValueError, match="does not fit"):
        layers.Conv2D(4, 5)(keras.Input((3, 3, 1)))
    with pytest.raises(ValueError, match="must be known"):
        layers.Conv2D(4, 1)(keras.Input((3, 3, None)))
    with pytest.raises(ValueError, match="expected ndim=4"):
        layers.Conv2D(4, 1)(np.ones((1, 3, 3)))


def test_channels_first(rng):
    x = rng.normal(size=(2, 3, 5, 5)).astype("float32")
    first = layers.Conv2D(4, 3, padding="same", data_format="channels_first")
    y = np.asarray(first(x))
    last = layers.Conv2D(4, 3, padding="same")
    last(x.transpose(0, 2, 3, 1))
    last.set_weights(first.get_weights())
    expected = np.asarray(last(x.transpose(0, 2, 3, 1)))
    np.testing.assert_allclose(y.transpose(0, 2, 3, 1), expected, atol=1e-5)


def test_the_convolution_can_be_overridden(rng):
    class Centred(layers.Conv1D):
        def convolution_op(self, inputs, kernel):
            return super().convolution_op(inputs, kernel - keras.ops.mean(kernel))

    layer = Centred(1, 3, use_bias=False)
    x = rng.normal(size=(1, 5, 1)).astype("float32")
    found = layer(x)
    kernel = layer.get_weights()[0]
    expected = np.correlate(x[0, :, 0], (kernel - kernel.mean())[:, 0, 0], "valid")
    np.testing.assert_allclose(found[0, :, 0], expected, rtol=1e-5, atol=1e-6)
