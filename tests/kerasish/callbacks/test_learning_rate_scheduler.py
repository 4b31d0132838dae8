"""The learning rate of each epoch is what the function says."""

import math

import numpy as np
import pytest

from kerasish.callbacks import LearningRateScheduler
from kerasish.core.errors import ArgumentError, ArgumentTypeError


def test_function_of_the_epoch(drive):
    rates = drive(LearningRateScheduler(lambda epoch: 0.5**epoch), [1.0] * 3)
    assert rates == [1.0, 0.5, 0.25]


def test_function_of_epoch_and_rate(drive):
    # Keras 3.15.1: 0.1 halved twice.
    rates = drive(LearningRateScheduler(lambda epoch, rate: rate / 2), [1.0] * 2)
    assert rates == pytest.approx([0.05, 0.025], 1e-6)


def test_builtins_without_a_signature_take_two(drive):
    assert drive(LearningRateScheduler(max), [1.0] * 3) == pytest.approx([0.1, 1, 2])


def test_a_type_error_in_the_function_is_not_hidden(model):
    callback = LearningRateScheduler(lambda epoch, rate: rate + "a")
    callback.set_model(model)
    with pytest.raises(TypeError, match="unsupported operand"):
        callback.on_epoch_begin(0)


@pytest.mark.parametrize(
    "value", [1, 0.0, np.float32(0.5), np.array(0.5), np.array([0.5])]
)
def test_numbers_are_accepted(drive, value):
    rates = drive(LearningRateScheduler(lambda epoch: value), [1.0])
    assert rates == [float(np.reshape(value, ()))]


@pytest.mark.parametrize(
    "value", ["0.1", None, True, math.nan, math.inf, -0.1, np.zeros(2), 1j]
)
def test_everything_else_is_refused(model, value):
    callback = LearningRateScheduler(lambda epoch: value)
    callback.set_model(model)
    match = "`schedule` of `LearningRateScheduler` must return a finite number >= 0. Re"
    with pytest.raises(ArgumentError, match=match):
        callback.on_epoch_begin(0)
    assert model.optimizer.learning_rate == np.float32(0.1)


def test_the_rate_is_in_the_logs(model):
    callback = LearningRateScheduler(lambda epoch: 0.25)
    callback.set_model(model)
    callback.on_epoch_begin(0)
    logs = {}
    callback.on_epoch_end(0, logs)
    assert logs == {"learning_rate": 0.25}
    callback.on_epoch_end(0)


def test_says_what_it_does(drive, capsys):
    drive(LearningRateScheduler(lambda epoch: 0.25, verbose=1), [1.0])
    expected = "Epoch 1: LearningRateScheduler setting learning rate to 0.25.\n"
    assert capsys.readouterr().out == expected


def test_bad_arguments():
    match = "`schedule` of `LearningRateScheduler` must be a function of the epoch"
    with pytest.raises(ArgumentTypeError, match=match):
        LearningRateScheduler(3)
    match = "`verbose` of `LearningRateScheduler` must be one of 0, 1"
    with pytest.raises(ArgumentError, match=match):
        LearningRateScheduler(lambda epoch: 0.1, verbose=2)
