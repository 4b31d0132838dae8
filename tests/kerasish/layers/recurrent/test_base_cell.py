"""Cells: a step of a layer, dropout, wrong arguments."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import activations, layers, ops
from kerasish.layers.recurrent.base_cell import (
    BaseRecurrentCell,
    activation_name,
    defined_together,
)
from kerasish.ops.recurrent import ACTIVATIONS

X = np.random.default_rng(1).normal(size=(4, 5, 3)).astype("float32")
PAIRS = [
    (layers.LSTM, layers.LSTMCell),
    (layers.GRU, layers.GRUCell),
    (layers.SimpleRNN, layers.SimpleRNNCell),
]
EACH = pytest.mark.parametrize(("kind", "cell_kind"), PAIRS)


@EACH
def test_a_cell_called_step_by_step_does_what_the_layer_does(kind, cell_kind):
    layer = kind(3)
    expected = layer(X)
    cell = cell_kind(3)
    cell.build((4, 3))
    cell.set_weights(layer.get_weights())
    states = cell.get_initial_state(batch_size=4)
    for t in range(5):
        y, states = cell(X[:, t], states)
    np.testing.assert_allclose(y, expected, rtol=1e-5, atol=1e-6)
    symbolic, _ = cell(keras.Input((3,)), [keras.Input((3,)) for _ in states])
    assert symbolic.shape == (None, 3)


@EACH
def test_a_cell_of_a_users_own_class_is_called(kind, cell_kind):
    class Doubled(cell_kind):
        def call(self, inputs, states, training=False):
            y, states = super().call(inputs, states, training)
            return 2.0 * y, states

    layer, plain = layers.RNN(Doubled(3)), kind(3)
    assert plain.cell.runs_at_once
    assert not layer.cell.runs_at_once
    y = layer(X)
    plain.build(X.shape)
    plain.set_weights(layer.get_weights())
    np.testing.assert_allclose(y, 2.0 * np.asarray(plain(X)), rtol=1e-5, atol=1e-6)


def test_a_cell_must_compute():
    class Empty(BaseRecurrentCell):
        pass

    cell = Empty(2, "tanh", True, *["zeros"] * 3, *[None] * 6, 0.0, 0.0, None)
    with pytest.raises(NotImplementedError, match="Empty does not override `_compute`"):
        cell._one_step(ops.ones((1, 2)), [ops.ones((1, 2))], training=False)


def test_a_call_set_on_a_cell_counts_too():
    cell = layers.GRUCell(2)
    assert defined_together(cell, "call", "_compute")
    cell.call = lambda inputs, states: (inputs, states)
    assert not cell.runs_at_once


def test_a_cell_of_another_dtype_or_with_a_penalty_runs_step_by_step():
    layer = layers.RNN(layers.GRUCell(2, dtype="float64"))
    assert layer(X).dtype == "float64"
    layer = layers.RNN(layers.GRUCell(2, activity_regularizer="l2"))
    y = layer(X)
    assert len(layer.losses) == 10  # of the output and the state of each step
    assert 0 < float(layer.losses[0])
    assert y.shape == (4, 2)


@EACH
def test_dropout_of_inputs_is_one_mask_for_all_steps(kind, cell_kind):
    layer = kind(64, dropout=0.5, seed=1, return_sequences=True, use_bias=False)
    x = np.ones((2, 3, 64), "float32")
    layer(x)
    eye = np.concatenate([np.eye(64)] * layer.cell.gates, 1)
    weights = layer.get_weights()
    layer.set_weights([eye, np.zeros_like(weights[1])])
    y = np.asarray(layer(x, training=True))
    dropped = y == 0
    assert 0.3 < dropped.mean() < 0.7
    assert (dropped == dropped[:, :1]).all()
    assert not (dropped[0] == dropped[1]).all()
    again = np.asarray(layer(x, training=True)) == 0
    assert not (again == dropped).all()
    assert not (np.asarray(layer(x)) == 0).any()


@EACH
@pytest.mark.parametrize("at_once", [True, False], ids=["at-once", "step-by-step"])
def test_recurrent_dropout_is_one_mask_for_all_steps(kind, cell_kind, at_once):
    class Own(cell_kind):
        def call(self, inputs, states, training=False):
            return super().call(inputs, states, training=training)

    cell = (cell_kind if at_once else Own)(64, recurrent_dropout=0.5, use_bias=False)
    layer = layers.RNN(cell, return_sequences=True)
    x = np.zeros((2, 3, 1), "float32")
    h = np.ones((2, 64), "float32")
    states = [h] * (2 if kind is layers.LSTM else 1)
    layer(x)
    u = np.zeros((64, cell.gates, 64))
    # What the new candidate, or the only gate, sees of the state is the state.
    u[:, {4: 2, 3: 2, 1: 0}[cell.gates]] = np.eye(64)
    layer.set_weights([np.zeros((1, 64 * cell.gates)), u.reshape(64, -1)])
    plain = np.asarray(layer(x, initial_state=states))
    y = np.asarray(layer(x, initial_state=states, training=True))
    assert np.ptp(plain[:, 0]) < 1e-6
    low = y[:, 0] < plain[:, 0]
    assert 0.3 < low.mean() < 0.7
    assert ((y < plain) == low[:, None]).all()
    assert not (low[0] == low[1]).all()


def test_both_kinds_of_dropout_in_a_cell_alone():
    cell = layers.GRUCell(8, dropout=0.5, recurrent_dropout=0.5, seed=2)
    x, h = np.ones((2, 8), "float32"), np.ones((2, 8), "float32")
    one, _ = cell(x, [h], training=True)
    same, _ = cell(x, [h], training=True)
    np.testing.assert_array_equal(one, same)
    cell.reset_dropout_mask()
    cell.reset_recurrent_dropout_mask()
    other, _ = cell(x, [h], training=True)
    assert np.abs(np.asarray(other) - np.asarray(one)).max() > 1e-3
    symbolic, _ = cell(keras.Input((8,)), [keras.Input((8,))], training=True)
    assert symbolic.shape == (None, 8)


def test_names_of_activations():
    assert sorted(ACTIVATIONS) == sorted(
        activation_name(activations.get(name)) for name in ACTIVATIONS
    )
    assert activation_name(np.sin) is np.sin
    assert layers.LSTM(2, activation=ops.sin)(X).shape == (4, 2)


def test_config_of_cells_makes_the_same_cell():
    for _, kind in PAIRS:
        cell = kind(3, activation="relu", bias_regularizer="l2", seed=4, dropout=0.1)
        config = cell.get_config()
        assert kind.from_config(config).get_config() == config
        assert config["seed"] == 4


WRONG = [
    ({"units": 0}, "`units` of `{}` must be a positive integer. Received: units=0"),
    ({"units": 2.5}, "`units` of `{}` must be a positive integer"),
    ({"units": 2, "dropout": 1.0}, "`dropout` of `{}` must be a number from 0"),
    ({"units": 2, "recurrent_dropout": -0.1}, "`recurrent_dropout` of `{}`"),
    ({"units": 2, "activation": "tahn"}, "Did you mean 'tanh'"),
]


@pytest.mark.parametrize(("arguments", "match"), WRONG)
@EACH
def test_wrong_arguments_are_named(kind, cell_kind, arguments, match):
    for made in (kind, cell_kind):
        with pytest.raises(ValueError, match=match.format(cell_kind.__name__)):
            made(**arguments)


def test_sizes_must_be_known():
    with pytest.raises(ValueError, match="last axis of the inputs of GRUCell"):
        layers.GRU(2)(keras.Input((5, None)))
    with pytest.raises(ValueError, match=r"`batch_size` of `LSTMCell.get_initial"):
        layers.LSTMCell(2).get_initial_state()
