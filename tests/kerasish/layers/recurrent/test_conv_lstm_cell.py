"""The cell of convolutional LSTMs: steps, dropout, wrong arguments."""

import numpy as np
import pytest

from kerasish import layers
from kerasish.autodiff import check_gradients
from kerasish.core.errors import ArgumentError
from kerasish.layers.recurrent.conv_lstm_cell import ConvLSTMCell

X = np.random.default_rng(2).normal(size=(2, 3, 5, 2)).astype("float32")


@pytest.mark.parametrize("first", [False, True], ids=["last", "first"])
@pytest.mark.parametrize("bias", [False, True])
def test_steps_are_those_of_the_layer(first, bias):
    how = {"data_format": "channels_first" if first else None, "use_bias": bias}
    layer = layers.ConvLSTM1D(3, 2, return_state=True, **how)
    x = np.swapaxes(X, 2, 3) if first else X
    expected = layer(x)
    cell = ConvLSTMCell(1, 3, 2, **how)
    cell.build(x[:, 0].shape)
    cell.set_weights(layer.get_weights())
    states = cell.get_initial_state(2)
    for t in range(3):
        y, states = cell(x[:, t], states)
    for a, b in zip([y, *states], expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("at_once", [True, False], ids=["at-once", "step-by-step"])
@pytest.mark.parametrize("first", [False, True], ids=["last", "first"])
def test_dropout_has_one_mask_for_each_gate_and_all_steps(at_once, first):
    how = {"data_format": "channels_first"} if first else {}
    layer = layers.ConvLSTM1D(3, 1, dropout=0.5, recurrent_dropout=0.5, seed=1, **how)
    x = np.swapaxes(X, 2, 3) if first else X
    layer(x)
    cell = layer.cell
    if not at_once:
        call = cell.call
        vars(cell)["call"] = lambda *args, **kwargs: call(*args, **kwargs)
        assert not cell.runs_at_once
    plain = np.asarray(layer(x))
    drawn = [np.asarray(layer(x, training=True)) for _ in range(2)]
    assert np.abs(drawn[0] - plain).max() > 1e-3
    assert np.abs(drawn[0] - drawn[1]).max() > 1e-3
    masks = cell.get_dropout_mask(x[:, 0])
    assert not (np.asarray(masks[0]) == np.asarray(masks[1])).all()


def test_both_ways_draw_the_same():
    def made():
        layer = layers.ConvLSTM1D(3, 2, dropout=0.4, recurrent_dropout=0.3, seed=5)
        layer.build(X.shape)
        return layer

    at_once, stepwise = made(), made()
    stepwise.set_weights(at_once.get_weights())
    call = stepwise.cell.call
    vars(stepwise.cell)["call"] = lambda *args, **kwargs: call(*args, **kwargs)
    one, two = (layer(X, training=True) for layer in (at_once, stepwise))
    np.testing.assert_allclose(one, two, rtol=1e-4, atol=1e-6)


def test_the_bias_of_the_forget_gate_starts_with_ones():
    for forget, expected in ((True, [0, 0, 1, 1, 0, 0, 0, 0]), (False, [0] * 8)):
        cell = ConvLSTMCell(1, 2, 1, unit_forget_bias=forget)
        cell.build((1, 4, 1))
        assert cell.get_weights()[2].tolist() == expected


def test_gradients_at_weights_and_inputs():
    rng = np.random.default_rng(0)
    layer = layers.ConvLSTM1D(1, 2, dtype="float64")
    layer.build((2, 3, 3, 1))
    mask = np.array([[1, 1, 0], [0, 1, 1]], bool)

    def run(x, *values):
        others = [v.value for v in layer.non_trainable_variables]
        return layer.stateless_call(values, others, x, mask=mask)[0]

    weights = (w.numpy() for w in layer.trainable_variables)
    check_gradients(run, rng.normal(size=(2, 3, 3, 1)), *weights)


WRONG = [
    ({"filters": 0}, "`filters` of `ConvLSTM2D` must be a positive integer"),
    ({"kernel_size": (1, 2, 3)}, "`kernel_size` of `ConvLSTM2D`.*or 2 of them"),
    ({"padding": "causal"}, "`padding` of `ConvLSTM2D` must be one of"),
    ({"data_format": "channels"}, "`data_format` of `ConvLSTM2D` must be one of"),
    ({"strides": 2, "dilation_rate": 2}, "does not go with `dilation_rate > 1`"),
    ({"dropout": 1.0}, "`dropout` of `ConvLSTM2D` must be a number from 0"),
    ({"recurrent_dropout": "x"}, "`recurrent_dropout` of `ConvLSTM2D`"),
]


@pytest.mark.parametrize(("change", "match"), WRONG)
def test_wrong_arguments_are_named(change, match):
    with pytest.raises(ArgumentError, match=match):
        layers.ConvLSTM2D(**{"filters": 2, "kernel_size": 2, **change})


def test_states_need_a_cell_that_is_built():
    cell = ConvLSTMCell(1, 2, 1)
    with pytest.raises(ArgumentError, match="a cell that is built.*built=False"):
        cell.get_initial_state(2)
    cell.build((2, 4, 1))
    with pytest.raises(ArgumentError, match="needs a `batch_size`"):
        cell.get_initial_state()
