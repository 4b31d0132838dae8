"""Learning rates that a function gives."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import KerasTensor, Variable, optimizers
from kerasish.optimizers.rates import asked_rate


def test_each_step_asks_anew():
    given = iter([1.0, 0.5, 0.25])
    optimizer, v = optimizers.SGD(lambda: next(given)), Variable([0.0])
    for _ in range(3):
        optimizer.apply([np.ones(1, "float32")], [v])
    assert v.numpy().tolist() == [-1.75]


def test_the_answer_may_be_a_variable():
    held = Variable(0.5)
    optimizer = optimizers.SGD(lambda: held)
    assert float(optimizer.learning_rate) == 0.5
    held.assign(0.25)
    rate = optimizer.learning_rate
    assert float(rate) == 0.25 and rate.dtype == "float32"


@pytest.mark.parametrize("answer", [float("nan"), -1.0, "fast", None])
def test_wrong_answers_name_the_optimizer(answer):
    with pytest.raises((ValueError, TypeError), match="`learning_rate` of `Adam`"):
        asked_rate(0, ask=lambda: answer, owner="Adam")


def test_the_rate_of_a_symbolic_step():
    rate = asked_rate(KerasTensor((), "int64"), ask=lambda: 0.5, owner="SGD")
    assert rate.shape == () and rate.dtype == "float32"


def test_configs_hold_the_function():
    @keras.saving.register_keras_serializable("test_rates")
    def half():
        return 0.5

    optimizer = optimizers.SGD(half)
    again = optimizers.deserialize(optimizers.serialize(optimizer))
    assert again._learning_rate is half
