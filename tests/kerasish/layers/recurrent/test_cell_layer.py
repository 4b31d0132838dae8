"""Layers that make their own cell: attributes, config, penalties."""

import numpy as np
import pytest

from kerasish import layers
from kerasish.core.errors import ArgumentError
from kerasish.layers.recurrent.cell_layer import FromCell, checked_cudnn


def test_attributes_are_those_of_the_cell_and_are_set_there():
    layer = layers.GRU(3)
    assert isinstance(layers.GRU.units, FromCell)
    assert layer.use_bias is True
    with pytest.raises(AttributeError, match=r"`dropout` of GRU .*`layer.cell.dropou"):
        layer.dropout = 0.5
    layer.cell.dropout = 0.5
    assert layer.dropout == 0.5


def test_a_penalty_on_the_outputs():
    layer = layers.LSTM(2, activity_regularizer="l2")
    y = np.asarray(layer(np.ones((4, 5, 3), "float32")))
    np.testing.assert_allclose(layer.losses[0], 0.01 * (y**2).sum() / 4, rtol=1e-5)
    config = layer.get_config()
    assert config["activity_regularizer"]["class_name"] == "L2"
    again = layers.LSTM.from_config(config)
    assert again.activity_regularizer.l2 == layer.activity_regularizer.l2
    assert layers.LSTM(2).get_config()["activity_regularizer"] is None


def test_penalties_on_weights_and_constraints_reach_them():
    layer = layers.GRU(
        2,
        kernel_regularizer="l1",
        recurrent_regularizer="l2",
        bias_constraint="non_neg",
    )
    layer.build((1, 2, 3))
    kernel, recurrent, bias = layer.weights
    assert type(kernel.regularizer).__name__ == "L1"
    assert type(recurrent.regularizer).__name__ == "L2"
    assert type(bias.constraint).__name__ == "NonNeg"
    assert len(layer.losses) == 2


def test_config_holds_no_cell():
    config = layers.SimpleRNN(2, name="own").get_config()
    assert "cell" not in config
    assert config["name"] == "own"
    with pytest.raises(TypeError, match="Error when deserializing 'SimpleRNN'"):
        layers.SimpleRNN.from_config({"unit": 3})


def test_cudnn():
    assert checked_cudnn("LSTM", "auto") == "auto"
    with pytest.raises(ArgumentError, match="`use_cudnn` of `LSTM`"):
        checked_cudnn("LSTM", "never")
