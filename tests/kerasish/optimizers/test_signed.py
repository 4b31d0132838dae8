"""Optimizers of `signed`: trajectories against those of Keras."""

import numpy as np
import pytest

from kerasish import Variable, optimizers
from kerasish.optimizers import signed as room
from tests.golden.reference import identify, reference, rows

ROWS = rows("optimizers", room.__all__)


def weights():
    return [Variable(np.array(v, "float32")) for v in reference()["start"]]


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_steps_are_those_of_keras(row):
    optimizer = getattr(optimizers, row["cls"])(**row["kw"])
    variables = weights()
    optimizer.build(variables)
    found = []
    for grads in reference()["grads"]:
        optimizer.apply([np.array(g, "float32") for g in grads], variables)
        found.append([v.numpy() for v in variables])
    for step, expected in zip((0, 2, 5), row["steps"], strict=True):
        for ours, theirs in zip(found[step], expected, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=2e-6)
    assert int(optimizer.variables[0]) == 6


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_config_makes_the_same_optimizer(row):
    optimizer = getattr(optimizers, row["cls"])(**row["kw"])
    again = optimizers.deserialize(optimizers.serialize(optimizer))
    assert type(again) is type(optimizer)
    assert again.get_config() == optimizer.get_config()
