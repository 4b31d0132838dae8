"""Convolutional LSTMs: shapes, layouts, masks, states, config."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers

X = np.random.default_rng(8).normal(size=(2, 3, 6, 5, 2)).astype("float32")


@pytest.mark.parametrize("kw", [{}, {"padding": "same"}, {"strides": 2}])
def test_channels_first_is_channels_last_turned(kw):
    how = {"return_sequences": True, "return_state": True, **kw}
    last = layers.ConvLSTM2D(2, 3, **how)
    first = layers.ConvLSTM2D(2, 3, data_format="channels_first", **how)
    expected = last(X)
    turned = np.moveaxis(X, -1, 2)
    first.build(turned.shape)
    first.set_weights(last.get_weights())
    found = first(turned)
    for y, e in zip(found, expected, strict=True):
        np.testing.assert_allclose(np.moveaxis(y, -3, -1), e, rtol=1e-4, atol=1e-5)
    assert list(first.compute_output_shape(turned.shape)) == [y.shape for y in found]


@pytest.mark.parametrize("zero", [False, True])
def test_padding_changes_no_result(zero):
    layer = layers.ConvLSTM1D(2, 2, return_state=True, zero_output_for_mask=zero)
    x = X[:, :, :, 0]
    y, *states = layer(x)
    wide = np.concatenate([x, np.full((2, 2, 6, 2), 9.0, "float32")], 1)
    mask = np.ones((2, 5), bool)
    mask[:, 3:] = False
    padded, *ends = layer(wide, mask=mask)
    np.testing.assert_allclose(padded, 0.0 * y if zero else y, rtol=1e-5, atol=1e-6)
    for a, b in zip(ends, states, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_the_last_states_start_the_rest_of_a_sequence():
    layer = layers.ConvLSTM2D(2, 2, return_sequences=True, return_state=True)
    whole, *_ = layer(X)
    first, *states = layer(X[:, :1])
    rest, *_ = layer(X[:, 1:], initial_state=states)
    np.testing.assert_allclose(np.concatenate([first, rest], 1), whole, rtol=1e-4)
    with pytest.raises(ValueError, match=r"\(2, 5, 4, 2\).*Received: \[\(2, 5, 4, 1\)"):
        layer(X, initial_state=[np.zeros((2, 5, 4, 1), "float32")] * 2)
    shapes = ((None, 5, 4, 2), (None, 5, 4, 2))
    assert layer.compute_output_shape((None, 1, 6, 5, 2), shapes)[0][1:3] == (1, 5)


def test_stateful():
    layer = layers.ConvLSTM2D(2, 2, stateful=True)
    whole = layers.ConvLSTM2D(2, 2)
    expected = whole(X)
    layer.build((2, 1, 6, 5, 2))
    layer.set_weights(whole.get_weights())
    for _ in range(2):
        for t in range(3):
            y = layer(X[:, t : t + 1])
        np.testing.assert_allclose(y, expected, rtol=1e-4, atol=1e-6)
        layer.reset_state()


def test_config_has_the_keys_of_keras():
    layer = layers.ConvLSTM2D(3, 2, dilation_rate=2, name="c")
    config = layer.get_config()
    assert (
        sorted(config)
        == (
            "activation activity_regularizer bias_constraint bias_initializer "
            "bias_regularizer data_format dilation_rate dropout dtype filters "
            "go_backwards kernel_constraint kernel_initializer kernel_regularizer "
            "kernel_size name padding recurrent_activation recurrent_constraint "
            "recurrent_dropout recurrent_initializer recurrent_regularizer "
            "return_sequences return_state seed stateful strides trainable "
            "unit_forget_bias unroll use_bias zero_output_for_mask"
        ).split()
    )
    assert config["kernel_size"] == config["dilation_rate"] == (2, 2)
    assert layers.ConvLSTM2D.from_config(config).get_config() == config
    assert layer.filters == 3
    assert layer.state_size == -1


def test_sizes():
    layer = layers.ConvLSTM2D(3, 2)
    assert layer(keras.Input((None, 4, 5, 2))).shape == (None, 3, 4, 3)
    with pytest.raises(ValueError, match=r"spatial sizes .* ConvLSTM2D must be known"):
        layers.ConvLSTM2D(3, 2)(keras.Input((3, None, 5, 2)))
    with pytest.raises(ValueError, match="channels of the inputs of ConvLSTM1D must"):
        layers.ConvLSTM1D(3, 2)(keras.Input((3, 5, None)))
    with pytest.raises(ValueError, match=r"window \(7, 7\) of ConvLSTM2D does not fit"):
        layers.ConvLSTM2D(3, 7)(X)
    with pytest.raises(ValueError, match="expected ndim=5, found ndim=4"):
        layers.ConvLSTM2D(3, 2)(X[0])
