"""Guards let right values pass and say what is wrong with others, in replays too."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import ops
from kerasish.core.errors import ArgumentError
from kerasish.ops.guards import in_range, whole


def test_integers_outside_a_range_are_refused():
    assert in_range([0, 3], low=0, high=3, what="Classes").tolist() == [0, 3]
    with pytest.raises(ArgumentError, match="Classes must be from 0 to 3. Received: 4"):
        in_range([0, 4], low=0, high=3, what="Classes")
    with pytest.raises(ArgumentError, match="Received: -1"):
        in_range([-1, 4], low=0, high=3, what="Classes")
    assert in_range(np.zeros((0,), "int32"), low=0, high=3, what="").shape == (0,)


def test_fractions_are_refused():
    assert whole([1.0, -2.0], what="Classes").tolist() == [1.0, -2.0]
    with pytest.raises(ArgumentError, match="Classes must be integers.*float32 with"):
        whole([1.0, 0.5], what="Classes")


def test_there_is_no_gradient():
    x = ops.convert_to_tensor([1.0, 2.0])
    with keras.GradientTape() as tape:
        tape.watch(x)
        y = whole(x, what="Classes") * 3.0
    assert tape.gradient(y, x) is None


def test_a_replay_looks_again():
    @keras.function
    def checked(x):
        return in_range(x, low=0, high=3, what="Classes") + 1

    for _ in range(4):
        assert checked(ops.convert_to_tensor([1, 2])).tolist() == [2, 3]
    with pytest.raises(ArgumentError, match="Classes must be from 0 to 3. Received: 9"):
        checked(ops.convert_to_tensor([1, 9]))
