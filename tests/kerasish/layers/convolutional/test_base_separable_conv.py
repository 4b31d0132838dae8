"""What separable convolutions check, and what they are made of."""

import numpy as np
import pytest

from kerasish import layers


@pytest.mark.parametrize(
    "kw, match",
    [
        ({"filters": 0}, "`filters` of `SeparableConv2D`.*filters=0"),
        ({"depth_multiplier": 0}, "`depth_multiplier` of `SeparableConv2D`.*=0"),
        ({"padding": "causal"}, "`padding`"),
    ],
)
def test_arguments_out_of_range(kw, match):
    with pytest.raises(ValueError, match=match):
        layers.SeparableConv2D(**{"filters": 4, "kernel_size": 3, **kw})


def test_it_is_a_depthwise_convolution_and_one_of_single_positions(rng):
    x = rng.normal(size=(2, 6, 5, 3)).astype("float32")
    both = layers.SeparableConv2D(
        4, 3, strides=2, padding="same", depth_multiplier=2, activation="relu"
    )
    y = both(x)
    kernel, mixing, bias = both.get_weights()
    one = layers.DepthwiseConv2D(3, 2, "same", depth_multiplier=2, use_bias=False)
    one.build(x.shape)
    one.set_weights([kernel])
    middle = np.asarray(one(x))
    expected = np.maximum(middle @ mixing[0, 0] + bias, 0)
    np.testing.assert_allclose(y, expected, rtol=1e-5, atol=1e-5)
