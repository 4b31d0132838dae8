"""ScheduleFreeAdamW against values of Keras, and in closed form."""

import numpy as np
import pytest

from kerasish import Variable
from kerasish.optimizers import ScheduleFreeAdamW, deserialize, serialize
from tests.kerasish.optimizers.stored import arguments, compare, identify, rows

ROWS = rows(["ScheduleFreeAdamW"])


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_steps_are_those_of_keras(row):
    compare(ScheduleFreeAdamW(**arguments(row)), row["names"], row["steps"])


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_config_makes_the_same_optimizer(row):
    optimizer = ScheduleFreeAdamW(**arguments(row))
    assert deserialize(serialize(optimizer)).get_config() == optimizer.get_config()


def test_weights_are_the_mean_of_the_steps():
    # Equal gradients make equal steps of the learning rate.
    v = Variable(np.zeros(1, "float32"))
    optimizer = ScheduleFreeAdamW(0.5, epsilon=0.0)
    for _ in range(4):
        optimizer.apply([np.full(1, 3.0, "float32")], [v])
    steps = [-0.5, -1.0, -1.5, -2.0]
    assert optimizer._momentums[0].numpy() == pytest.approx(steps[-1:], rel=1e-5)
    assert v.numpy() == pytest.approx([np.mean(steps)], rel=1e-5)


@pytest.mark.parametrize("wrong", [-1, 1.5])
def test_wrong_arguments(wrong):
    with pytest.raises(ValueError, match="`warmup_steps` of `ScheduleFreeAdamW`"):
        ScheduleFreeAdamW(warmup_steps=wrong)
