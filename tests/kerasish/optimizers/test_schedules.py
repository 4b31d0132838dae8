"""Schedules against values of Keras."""

import pytest

from kerasish import ops, optimizers
from kerasish.optimizers import schedules
from tests.golden.reference import identify, rows


@pytest.mark.parametrize("row", rows("schedules"), ids=identify)
def test_values_are_those_of_keras(row):
    schedule = getattr(schedules, row["cls"])(**row["kw"])
    found = [float(schedule(step)) for step in range(24)]
    assert found == pytest.approx(row["values"], rel=1e-4, abs=1e-7)
    again = schedules.deserialize(schedules.serialize(schedule))
    assert float(again(ops.convert_to_tensor(7))) == float(schedule(7))


def test_an_optimizer_follows_its_schedule():
    optimizer = optimizers.SGD(schedules.ExponentialDecay(0.1, 1, 0.5))
    optimizer.iterations.assign(2)
    assert float(optimizer.learning_rate) == pytest.approx(0.025)
    with pytest.raises(TypeError, match="schedule"):
        optimizer.learning_rate = 0.1


@pytest.mark.parametrize(
    "make, match",
    [
        (lambda: schedules.CosineDecay(0.1, 0), "decay steps must be positive"),
        (lambda: schedules.PiecewiseConstantDecay([1], [1.0]), "must be 1 less"),
        (lambda: schedules.LearningRateSchedule()(0), "does not override"),
    ],
)
def test_wrong_arguments(make, match):
    with pytest.raises((ValueError, NotImplementedError), match=match):
        make()
