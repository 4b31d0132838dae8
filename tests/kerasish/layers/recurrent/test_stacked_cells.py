"""StackedRNNCells: the same as layers upon each other."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers, ops

X = np.random.default_rng(0).normal(size=(3, 4, 2)).astype("float32")
MASK = np.array([[1, 1, 0, 0], [0, 1, 1, 1], [0, 0, 0, 0]], bool)


def cells():
    return [layers.LSTMCell(3), layers.GRUCell(4), layers.SimpleRNNCell(2)]


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("zero", [False, True])
@pytest.mark.parametrize("mask", [None, MASK])
def test_a_stack_gives_the_same_at_once_and_step_by_step(mask, zero, backwards):
    class Slow(layers.StackedRNNCells):
        def call(self, inputs, states, training=False):
            return super().call(inputs, states, training)

    how = {
        "return_sequences": True,
        "return_state": True,
        "go_backwards": backwards,
        "zero_output_for_mask": zero,
    }
    fast, slow = layers.RNN(cells(), **how), layers.RNN(Slow(cells()), **how)
    assert fast.cell.runs_at_once
    assert not slow.cell.runs_at_once
    states = [np.full((3, n), 0.5, "float32") for n in (3, 3, 4, 2)]
    fast.build(X.shape)
    slow.build(X.shape)
    slow.set_weights(fast.get_weights())
    for first in (None, states):
        one = fast(X, mask=mask, initial_state=first)
        two = slow(X, mask=mask, initial_state=first)
        for a, b in zip(keras.tree.flatten(one), keras.tree.flatten(two), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_a_stack_called_for_one_step():
    stack = layers.StackedRNNCells(cells())
    assert (stack.state_size, stack.output_size) == ([[3, 3], 4, 2], 2)
    states = stack.get_initial_state(3)
    y, new = stack(X[:, 0], states)
    assert y.shape == (3, 2)
    assert [x.shape for x in keras.tree.flatten(new)] == [
        (3, 3),
        (3, 3),
        (3, 4),
        (3, 2),
    ]
    assert isinstance(new[0], list)
    again, _ = stack(X[:, 0], [[x for x in states[0]], states[1][0], states[2][0]])
    np.testing.assert_array_equal(again, y)


def test_cells_that_are_no_layers():
    class Scale:
        state_size = output_size = 2

        def call(self, inputs, states):
            return inputs * 2.0, states

    class Wide(Scale):
        output_size = (2, 3)

        def call(self, inputs, states):
            return ops.stack([inputs] * 3, axis=-1), states[0]

    stack = layers.StackedRNNCells([Scale(), Wide()])
    assert not stack.runs_at_once
    assert stack.output_size == (2, 3)
    y = layers.RNN(stack)(X)
    np.testing.assert_allclose(y, np.stack([2.0 * X[:, -1]] * 3, -1))


def test_masks_of_dropout_are_reset_in_all():
    stack = layers.StackedRNNCells(
        [layers.GRUCell(2, dropout=0.5, recurrent_dropout=0.5), layers.LSTMCell(2)]
    )
    cell = stack.cells[0]
    cell.get_dropout_mask(X[:, 0]), cell.get_recurrent_dropout_mask(X[:, 0])
    stack.reset_dropout_mask()
    stack.reset_recurrent_dropout_mask()
    assert cell._masks.of_inputs is cell._masks.of_states is None


def test_config_makes_the_same_cells():
    stack = layers.StackedRNNCells(cells(), name="stack")
    config = stack.get_config()
    assert sorted(config) == ["cells", "dtype", "name", "trainable"]
    again = layers.StackedRNNCells.from_config(config)
    assert again.get_config() == config
    assert again.state_size == stack.state_size


class Stateless:
    def call(self, inputs, states):
        return inputs, states


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ([], "`cells` of `StackedRNNCells` must not be empty"),
        (["lstm"], "must have a `call`. Received: 'lstm'"),
        ([layers.GRUCell(2), Stateless()], "must have a `state_size`"),
    ],
)
def test_wrong_cells(given, match):
    with pytest.raises(ValueError, match=match):
        layers.StackedRNNCells(given)
