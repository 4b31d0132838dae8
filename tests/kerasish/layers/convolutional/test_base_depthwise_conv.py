"""What depthwise convolutions check, and steps together with distances."""

import numpy as np
import pytest

from kerasish import layers


@pytest.mark.parametrize("value", [0, 2.5, None, (1, 2)])
def test_depth_multiplier_out_of_range(value):
    match = "`depth_multiplier` of `DepthwiseConv2D` must be a positive integer"
    with pytest.raises(ValueError, match=match):
        layers.DepthwiseConv2D(3, depth_multiplier=value)


def test_a_window_that_does_not_fit():
    layer = layers.DepthwiseConv1D(3, dilation_rate=2)
    with pytest.raises(
        ValueError, match=r"the window \(3,\) does not fit .*\(1, 4, 2\)"
    ):
        layer(np.ones((1, 4, 2)))


def test_steps_and_distances_go_together(rng):
    x = rng.normal(size=(1, 9, 1)).astype("float32")
    layer = layers.DepthwiseConv1D(2, strides=3, dilation_rate=2, use_bias=False)
    y = np.ravel(layer(x))
    (kernel,) = layer.get_weights()
    a, b = kernel.ravel()
    expected = [a * x[0, i, 0] + b * x[0, i + 2, 0] for i in (0, 3, 6)]
    np.testing.assert_allclose(y, expected, rtol=1e-5, atol=1e-6)


def test_channels_may_be_unknown_in_shapes():
    layer = layers.DepthwiseConv1D(2)
    assert layer.compute_output_shape((None, 5, None)) == (None, 4, None)
