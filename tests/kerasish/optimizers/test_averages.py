"""Averages of weights: closed form, and values of Keras."""

import numpy as np
import pytest

from kerasish import Variable, optimizers
from kerasish.optimizers.averages import overwrite, update_averages
from tests.kerasish.optimizers.stored import arguments, compare, identify, rows

ROWS = rows(("SGD", "Adam"), "use_ema")


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_steps_are_those_of_keras(row):
    optimizer = getattr(optimizers, row["cls"])(**arguments(row))
    compare(optimizer, row["names"], row["steps"])


def built(v, **kw):
    optimizer = optimizers.SGD(use_ema=True, ema_momentum=0.75, **kw)
    optimizer.build([v])
    return optimizer


def test_an_average_is_a_geometric_sum():
    v = Variable(np.zeros(1, "float32"))
    optimizer = built(v)
    for step, value in enumerate((4.0, 8.0, 12.0)):
        optimizer.iterations.assign(step)
        v.assign([value])
        update_averages(optimizer, [v])
    expected = 0.75**2 * 4.0 + 0.75 * 0.25 * 8.0 + 0.25 * 12.0
    assert optimizer._averages[0].numpy() == pytest.approx([expected])
    assert v.numpy().tolist() == [12.0]


def test_weights_are_set_to_averages_when_it_is_time():
    v = Variable(np.zeros(1, "float32"))
    optimizer = built(v, ema_overwrite_frequency=2)
    v.assign([4.0])
    update_averages(optimizer, [v])
    optimizer.iterations.assign(1)
    v.assign([8.0])
    update_averages(optimizer, [v])
    assert v.numpy().tolist() == [0.75 * 4.0 + 0.25 * 8.0]


def test_weights_without_average_stay_as_they_are():
    v, other = (Variable(np.full(1, n, "float32")) for n in (1.0, 2.0))
    optimizer = built(v)
    v.assign([5.0])
    overwrite(optimizer, [v, other])
    assert v.numpy().tolist() == [1.0] and other.numpy().tolist() == [2.0]
