"""Changes that depend on a tensor: eager, and in a step that is recorded."""

import numpy as np
import pytest

from kerasish import Variable, ops
from kerasish.optimizers.choosing import change_if
from kerasish.tracing.function import Function


def double_if_above(v, other, limit):
    change_if(ops.greater(v, limit), lambda: v.assign(v.value * 2.0), [v, other])
    return v.value


@pytest.mark.parametrize("limit, expected", [(0.0, 2.0), (1.0, 1.0)])
def test_the_change_is_made_or_not(limit, expected):
    v, other = Variable(1.0), Variable(7.0)
    assert float(double_if_above(v, other, limit)) == expected
    assert float(other) == 7.0


def test_a_replay_chooses_anew():
    v, other = Variable(1.0), Variable(7.0)
    step = Function(lambda limit: double_if_above(v, other, limit))
    limits = [0.0, 9.0, 1.0, 0.0, 9.0, 1.0, 50.0, 2.0]
    found = [float(step(np.array(limit, "float32"))) for limit in limits]
    assert found == [2.0, 2.0, 4.0, 8.0, 8.0, 16.0, 16.0, 32.0]
    assert step.graph() and float(other) == 7.0
