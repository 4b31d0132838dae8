"""LSTM and its cell against values of Keras, and what only they have."""

import numpy as np
import pytest

from kerasish import layers
from kerasish.autodiff import check_gradients
from tests.golden.stored_recurrent import check, identify, rows


@pytest.mark.parametrize("row", rows("LSTM"), ids=identify)
def test_values_are_those_of_keras(row):
    check(row)


def test_weights_and_their_names():
    layer = layers.LSTM(4, name="memory")
    layer.build((None, 5, 3))
    assert [(w.path, w.shape) for w in layer.weights] == [
        ("memory/lstm_cell/kernel", (3, 16)),
        ("memory/lstm_cell/recurrent_kernel", (4, 16)),
        ("memory/lstm_cell/bias", (16,)),
    ]


@pytest.mark.parametrize("make", [layers.LSTM, layers.LSTMCell])
def test_the_bias_of_the_forget_gate_starts_with_ones(make):
    for forget, expected in ((True, 1.0), (False, 0.5)):
        layer = make(2, unit_forget_bias=forget, bias_initializer=_half)
        layer.build((1, 1, 3) if make is layers.LSTM else (1, 3))
        bias = layer.get_weights()[2].tolist()
        assert bias == [0.5] * 2 + [expected] * 2 + [0.5] * 4


def _half(shape, dtype=None):
    return np.full(shape, 0.5, dtype)


def test_recurrent_kernels_start_orthogonal():
    layer = layers.LSTM(3)
    layer.build((1, 1, 2))
    u = layer.get_weights()[1]
    np.testing.assert_allclose(u @ u.T, np.eye(3), atol=1e-5)


def test_gradients_at_weights_and_inputs():
    rng = np.random.default_rng(0)
    layer = layers.LSTM(2, dtype="float64", return_sequences=True)
    layer.build((3, 4, 2))
    mask = np.array([[1, 1, 1, 1], [0, 1, 1, 0], [0, 0, 0, 0]], bool)
    weights = layer.trainable_variables

    def run(x, *values):
        outputs, _ = layer.stateless_call(
            values, [v.value for v in layer.non_trainable_variables], x, mask=mask
        )
        return outputs

    check_gradients(run, rng.normal(size=(3, 4, 2)), *(w.numpy() for w in weights))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "mixed_float16", "float64"])
def test_dtypes(dtype):
    x = np.random.default_rng(0).normal(size=(2, 4, 3))
    layer = layers.LSTM(3, dtype=dtype)
    y = layer(x)
    assert y.dtype == layer.compute_dtype == layer.cell.compute_dtype
    assert {w.dtype for w in layer.weights} == {layer.variable_dtype}
    other = layers.LSTM(3, dtype="float64")
    other.build(x.shape)
    other.set_weights([np.asarray(w.numpy(), "float64") for w in layer.weights])
    tolerance = {"float64": 1e-12, "bfloat16": 0.05}.get(dtype, 5e-3)
    np.testing.assert_allclose(np.asarray(y, "float64"), other(x), atol=tolerance)


def test_a_layer_that_does_not_train():
    layer = layers.LSTM(2, trainable=False)
    layer.build((1, 1, 1))
    assert not layer.trainable_weights
    assert len(layer.non_trainable_weights) == 3


@pytest.mark.parametrize("value", [3, "yes", None])
def test_use_cudnn(value):
    assert layers.LSTM(2, use_cudnn=False).use_cudnn is False
    with pytest.raises(ValueError, match="`use_cudnn` of `LSTM` must be 'auto'"):
        layers.LSTM(2, use_cudnn=value)


def test_config_has_the_keys_of_keras():
    layer = layers.LSTM(3, activation="relu", activity_regularizer="l2", dropout=0.2)
    config = layer.get_config()
    assert (
        sorted(config)
        == (
            "activation activity_regularizer bias_constraint bias_initializer "
            "bias_regularizer dropout dtype go_backwards kernel_constraint "
            "kernel_initializer kernel_regularizer name recurrent_activation "
            "recurrent_constraint recurrent_dropout recurrent_initializer "
            "recurrent_regularizer return_sequences return_state seed stateful "
            "trainable "
            "unit_forget_bias units unroll use_bias zero_output_for_mask"
        ).split()
    )
    again = layers.LSTM.from_config(config)
    assert again.get_config() == config
    assert again.activation is layer.activation


def test_an_old_config_names_an_implementation():
    assert layers.LSTM(3, implementation=2).units == 3
    assert layers.LSTMCell(3, implementation=1).units == 3


def test_attributes_of_the_cell():
    layer = layers.LSTM(3, dropout=0.5, kernel_regularizer="l1")
    assert (layer.units, layer.dropout, layer.unit_forget_bias) == (3, 0.5, True)
    assert layer.kernel_regularizer is layer.cell.kernel_regularizer
    assert layer.state_size == [3, 3]
