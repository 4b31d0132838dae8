"""Gradients of several steps make one update, as in Keras."""

import numpy as np
import pytest

from kerasish import Variable, optimizers
from tests.kerasish.optimizers.stored import arguments, compare, identify, rows

ROWS = rows(
    ("SGD", "Adam", "Nadam", "Lamb", "Adafactor"), "gradient_accumulation_steps"
)


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_steps_are_those_of_keras(row):
    optimizer = getattr(optimizers, row["cls"])(**arguments(row))
    compare(optimizer, row["names"], row["steps"])


def test_the_update_takes_the_mean():
    optimizer = optimizers.SGD(1.0, gradient_accumulation_steps=2)
    v = Variable(np.zeros(2, "float32"))
    optimizer.apply([np.array([1.0, 4.0])], [v])
    assert v.numpy().tolist() == [0.0, 0.0] and int(optimizer.iterations) == 0
    optimizer.apply([np.array([3.0, 0.0])], [v])
    assert v.numpy().tolist() == [-2.0, -2.0] and int(optimizer.iterations) == 1
    assert optimizer._accumulated[0].numpy().tolist() == [0.0, 0.0]
