"""The sequences of learning rates agree with those of Keras 3.15.1."""

import math
from types import SimpleNamespace

import pytest

from kerasish.callbacks import ReduceLROnPlateau
from kerasish.core.errors import ArgumentError, StateError

LOSSES = [1.0, 0.9, 0.8, 0.85, 0.81, 0.79, 0.795, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9]


@pytest.mark.parametrize(
    ("arguments", "rates"),
    [
        (
            {"patience": 2},
            [0.1] * 4 + [0.01] * 3 + [1e-3] * 2 + [1e-4] * 2 + [1e-5] * 2,
        ),
        (
            {"patience": 2, "cooldown": 2},
            [0.1] * 4 + [0.01] * 3 + [1e-3] * 3 + [1e-4] * 3,
        ),
        (
            {"patience": 0, "factor": 0.5},
            [0.1] * 3 + [0.05, 0.025, 0.025] + [0.0125 / 2**i for i in range(7)],
        ),
        ({"patience": 1, "min_lr": 0.01}, [0.1] * 3 + [0.01] * 10),
        (
            {"patience": 1, "factor": 0.3, "min_delta": 0.06},
            [0.1] * 3 + [0.1 * 0.3**i for i in range(1, 11)],
        ),
        (
            {"patience": 3, "factor": 0.5, "cooldown": 1},
            [0.1] * 8 + [0.05] * 3 + [0.025] * 2,
        ),
    ],
)
def test_agrees_with_keras(drive, arguments, rates):
    assert drive(ReduceLROnPlateau(**arguments), LOSSES) == pytest.approx(rates, 1e-6)


def test_agrees_with_keras_on_a_metric_to_maximise(drive):
    callback = ReduceLROnPlateau("accuracy", mode="max", patience=1, factor=0.5)
    values = [0.1, 0.2, 0.2, 0.2, 0.3, 0.1, 0.1, 0.1]
    expected = [0.1, 0.1, 0.05, 0.025, 0.025, 0.0125, 0.00625, 0.003125]
    assert drive(callback, values, "accuracy") == pytest.approx(expected, 1e-6)


def test_nan_is_no_improvement_and_no_best(drive):
    callback = ReduceLROnPlateau(patience=1, factor=0.5)
    rates = drive(callback, [math.nan, 0.9, 0.8, math.nan, 0.7])
    assert rates == pytest.approx([0.05, 0.05, 0.05, 0.025, 0.025], 1e-6)
    assert callback.best == 0.7


def test_a_rate_at_the_minimum_in_float32_is_left_alone(drive, capsys):
    callback = ReduceLROnPlateau(patience=0, min_lr=0.1, verbose=1)
    assert drive(callback, [1.0] * 4) == pytest.approx([0.1] * 4, 1e-6)
    assert capsys.readouterr().out == ""


def test_the_rate_of_the_epoch_is_in_its_logs(model):
    callback = ReduceLROnPlateau("loss", patience=0, min_delta=10.0)
    callback.set_model(model)
    callback.on_train_begin()
    rates = []
    for epoch in range(3):
        logs = {"loss": 1.0}
        callback.on_epoch_end(epoch, logs)
        rates.append(logs["learning_rate"])
    assert rates == pytest.approx([0.1, 0.1, 0.01], 1e-6)


def test_says_what_it_does(drive, capsys):
    drive(ReduceLROnPlateau(patience=3, factor=0.5, cooldown=1, verbose=1), LOSSES)
    assert capsys.readouterr().out.splitlines() == [
        "Epoch 9: ReduceLROnPlateau reducing learning rate to 0.05.",
        "Epoch 12: ReduceLROnPlateau reducing learning rate to 0.025.",
    ]


def test_without_the_metric_nothing_happens(drive):
    with pytest.warns(
        UserWarning, match="`monitor` of `ReduceLROnPlateau` is not among"
    ):
        rates = drive(ReduceLROnPlateau(patience=0), [None, 1.0])
    assert rates == pytest.approx([0.1, 0.1])
    callback = ReduceLROnPlateau("loss")
    with pytest.warns(UserWarning, match="Available: none"):
        callback.on_epoch_end(0)


def test_an_optimizer_with_a_schedule_is_refused_before_training():
    class Scheduled:
        learning_rate = property(lambda self: 0.1)

    callback = ReduceLROnPlateau()
    callback.set_model(SimpleNamespace(optimizer=Scheduled()))
    with pytest.raises(AttributeError, match="has no setter"):
        callback.on_train_begin()


def test_a_model_without_an_optimizer_is_refused():
    callback = ReduceLROnPlateau()
    callback.set_model(SimpleNamespace(optimizer=None))
    with pytest.raises(StateError, match="`ReduceLROnPlateau` needs a model compiled"):
        callback.on_train_begin()


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        (
            {"factor": 2.0},
            "`factor` of `ReduceLROnPlateau` must be above 0 and below 1",
        ),
        ({"factor": 1.0}, "Received: factor=1.0"),
        ({"factor": 0.0}, "Received: factor=0.0"),
        ({"factor": math.nan}, "`factor` of `ReduceLROnPlateau` must be a number"),
        ({"patience": -1}, "`patience` of `ReduceLROnPlateau` must be an integer >= 0"),
        ({"cooldown": -1}, "`cooldown` of `ReduceLROnPlateau` must be an integer >= 0"),
        ({"min_lr": -0.1}, "`min_lr` of `ReduceLROnPlateau` must be a number >= 0"),
        ({"verbose": "yes"}, "`verbose` of `ReduceLROnPlateau` must be one of 0, 1"),
    ],
)
def test_bad_arguments(arguments, match):
    with pytest.raises(ArgumentError, match=match):
        ReduceLROnPlateau(**arguments)


def test_unknown_arguments_are_refused():
    with pytest.raises(TypeError, match="epsilon"):
        ReduceLROnPlateau(epsilon=0.1)
