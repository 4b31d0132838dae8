"""The learning rate is read as a float from whatever holds it."""

from types import SimpleNamespace

import numpy as np
import pytest

from kerasish.callbacks.learning_rate import get_learning_rate, set_learning_rate
from kerasish.core.errors import StateError


@pytest.mark.parametrize("rate", [0.5, np.float32(0.5), np.array([0.5])])
def test_reads_a_float(rate):
    model = SimpleNamespace(optimizer=SimpleNamespace(learning_rate=rate))
    value = get_learning_rate("Owner", model)
    assert value == 0.5
    assert type(value) is float


def test_sets(model):
    set_learning_rate(model, 0.25)
    assert model.optimizer.learning_rate == 0.25


@pytest.mark.parametrize("optimizer", [None, object()])
def test_needs_an_optimizer(optimizer):
    match = "`Owner` needs a model compiled with an optimizer that has a `learning_rate"
    with pytest.raises(StateError, match=match):
        get_learning_rate("Owner", SimpleNamespace(optimizer=optimizer))
