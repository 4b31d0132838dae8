"""Masks of dropout in cells: when they are drawn and when forgotten."""

import numpy as np
import pytest

from kerasish import layers
from kerasish.core.errors import ArgumentError
from kerasish.layers.recurrent.dropout_masks import checked_rate
from kerasish.tracing.state import fingerprint

X = np.ones((2, 8), "float32")


def test_a_mask_stays_until_it_is_reset():
    cell = layers.LSTMCell(8, dropout=0.5, recurrent_dropout=0.5, seed=1)
    mask = cell.get_dropout_mask(X)
    assert sorted(set(np.asarray(mask).ravel().tolist())) == [0.0, 2.0]
    assert cell.get_dropout_mask(X) is mask
    own = cell.get_recurrent_dropout_mask(X)
    assert cell.get_recurrent_dropout_mask(X) is own
    cell.reset_dropout_mask()
    assert cell.get_dropout_mask(X) is not mask
    assert cell.get_recurrent_dropout_mask(X) is own
    cell.reset_recurrent_dropout_mask()
    assert cell.get_recurrent_dropout_mask(X) is not own


def test_there_is_none_without_dropout():
    cell = layers.LSTMCell(8)
    assert cell.get_dropout_mask(X) is None
    assert cell.get_recurrent_dropout_mask(X) is None


def test_several_masks():
    cell = layers.ConvLSTM1D(2, 3, dropout=0.5, recurrent_dropout=0.5).cell
    assert len(cell.get_dropout_mask(X)) == cell.dropout_mask_count == 4
    assert len(cell.get_recurrent_dropout_mask(X)) == 4


def test_masks_are_nothing_that_a_recorded_step_depends_on():
    cell = layers.LSTMCell(8, dropout=0.5)
    cell.get_dropout_mask(X)
    before = fingerprint(cell)
    cell.reset_dropout_mask()
    assert fingerprint(cell) == before


def test_a_layer_forgets_them_after_each_sequence():
    for layer in (
        layers.RNN(layers.LSTMCell(2, dropout=0.5, recurrent_dropout=0.5)),
        layers.RNN([layers.LSTMCell(2, dropout=0.5), layers.GRUCell(2, dropout=0.1)]),
        layers.ConvLSTM1D(2, 1, dropout=0.5, recurrent_dropout=0.5),
    ):
        shape = (2, 3, 4, 1) if isinstance(layer, layers.ConvLSTM1D) else (2, 3, 4)
        layer(np.ones(shape, "float32"), training=True)
        for cell in layer._flatten_layers(include_self=False):
            if hasattr(cell, "_masks"):
                assert cell._masks.of_inputs is cell._masks.of_states is None


@pytest.mark.parametrize("rate", [1, 1.5, -0.1, "half", None])
def test_rates(rate):
    assert checked_rate("LSTM", "dropout", 0.25) == 0.25
    with pytest.raises(ArgumentError, match="`dropout` of `LSTM` must be a number"):
        checked_rate("LSTM", "dropout", rate)
