"""The loop over steps: masks, order, states of any form."""

import numpy as np
import pytest

from kerasish import layers, ops
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.layers.recurrent.stepwise import run_stepwise, time_mask


class Sum:
    """A cell whose output counts down its steps and whose state adds inputs up."""

    state_size = 1

    def call(self, inputs, states):
        total = states[0] + inputs
        return 10.0 * inputs, [total]


class Pair(Sum):
    state_size = (1, 1)

    def call(self, inputs, states):
        return inputs, [states[0] + inputs]


X = np.array([[[1.0], [2.0], [3.0]], [[4.0], [5.0], [6.0]]], "float32")
MASK = np.array([[True, False, True], [False, True, False]])
HOW = {"go_backwards": False, "return_sequences": True, "zero_output_for_mask": False}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, [[10, 10, 30], [0, 50, 50]]),
        ({"zero_output_for_mask": True}, [[10, 0, 30], [0, 50, 0]]),
        ({"go_backwards": True}, [[30, 30, 10], [0, 50, 50]]),
        ({"return_sequences": False}, [30, 50]),
        ({"return_sequences": False, "zero_output_for_mask": True}, [30, 0]),
    ],
)
def test_outputs_of_skipped_steps(change, expected):
    x, mask = ops.convert_to_tensor(X), ops.convert_to_tensor(MASK)
    y, (total,) = run_stepwise(Sum())(x, None, mask, False, **{**HOW, **change})
    assert np.squeeze(np.asarray(y), -1).tolist() == expected
    assert total.tolist() == [[4.0], [5.0]]


def test_states_that_are_given():
    first = [ops.convert_to_tensor([[100.0], [200.0]])]
    x = ops.convert_to_tensor(X)
    _, (total,) = run_stepwise(Sum())(x, first, None, False, **HOW)
    assert total.tolist() == [[106.0], [215.0]]


def test_a_cell_must_return_its_states():
    with pytest.raises(ArgumentError, match="as many states as it is given, 2.*: 1"):
        run_stepwise(Pair())(ops.convert_to_tensor(X), None, None, False, **HOW)


def test_masks():
    layer = layers.RNN(Sum(), name="sums")
    assert time_mask(layer, None, (2, 3, 1)) is None
    for form in (MASK, MASK[..., None], MASK[..., None, None], [MASK], MASK * 1.0):
        found = time_mask(layer, form, (2, 3, 1))
        assert (found.dtype, found.tolist()) == ("bool", MASK.tolist())
    for wrong in (MASK[0], MASK[:, :2], np.ones((2, 3, 4))):
        with pytest.raises(ShapeError, match="`mask` of RNN 'sums' must have the shap"):
            time_mask(layer, wrong, (2, 3, 1))
    with pytest.raises(ShapeError, match="RNN 'sums' needs at least one time step"):
        time_mask(layer, None, (2, 0, 1))
