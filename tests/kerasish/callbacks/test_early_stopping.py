"""EarlyStopping agrees with Keras 3.15.1 on given sequences, and handles NaN better.

The expected stops, best epochs and final weights were computed with Keras: the weights
after epoch `i` were all `i`, so the weight at the end tells which epoch was restored.
"""

import copy
import math

import pytest

from kerasish.callbacks import EarlyStopping
from kerasish.core.errors import ArgumentError, KerasishWarning

LOSSES = [1.0, 0.9, 0.8, 0.85, 0.81, 0.79, 0.795, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9]
RESTORE = {"restore_best_weights": True}


@pytest.mark.parametrize(
    ("arguments", "stop", "weight", "best_epoch", "best"),
    [
        ({"patience": 2}, 4, 4, 2, 0.8),
        ({}, 3, 3, 2, 0.8),
        ({"patience": 3, **RESTORE}, 8, 5, 5, 0.79),
        ({"patience": 30, **RESTORE}, 0, 5, 5, 0.79),
        ({"patience": 3, "min_delta": 0.05, **RESTORE}, 5, 2, 2, 0.8),
        ({"patience": 3, "min_delta": -0.05, **RESTORE}, 5, 2, 2, 0.8),
        ({"patience": 3, "baseline": 0.5, **RESTORE}, 3, 2, 2, 0.8),
        ({"patience": 3, "baseline": 0.85, **RESTORE}, 8, 5, 5, 0.79),
        ({"patience": 1, "baseline": 0.95, **RESTORE}, 3, 2, 2, 0.8),
        ({"patience": 2, "start_from_epoch": 5, **RESTORE}, 7, 5, 5, 0.79),
        ({"start_from_epoch": 4}, 6, 6, 5, 0.79),
    ],
)
def test_agrees_with_keras(drive, model, arguments, stop, weight, best_epoch, best):
    callback = EarlyStopping(**arguments)
    drive(callback, LOSSES)
    assert callback.stopped_epoch == stop
    assert model.stop_training == (stop > 0)
    assert model.weights[0].tolist() == [weight, weight]
    assert (callback.best_epoch, callback.best) == (best_epoch, best)


def test_agrees_with_keras_on_a_baseline_never_beaten(drive, model):
    falling = [1 - 0.01 * i for i in range(20)]
    callback = EarlyStopping(patience=3, baseline=0.1, restore_best_weights=True)
    assert len(drive(callback, falling)) == 20
    callback = EarlyStopping(patience=2, baseline=0.1, restore_best_weights=True)
    assert len(drive(callback, [0.9, 0.8, 0.85, 0.7, 0.6])) == 3
    assert model.weights[0][0] == 1


def test_agrees_with_keras_on_a_metric_to_maximise(drive):
    callback = EarlyStopping("accuracy", mode="max", patience=2)
    rates = drive(callback, [0.1, 0.2, 0.3, 0.25, 0.3, 0.31, 0.4], "accuracy")
    assert (len(rates), callback.best_epoch, callback.best) == (5, 2, 0.3)


def test_agrees_with_keras_on_nan_within_the_run(drive, model):
    nan = math.nan
    callback = EarlyStopping(patience=2, restore_best_weights=True)
    assert len(drive(callback, [1.0, nan, 0.5, nan, nan, 0.3])) == 5
    assert model.weights[0][0] == 2
    assert callback.best == 0.5


def test_nan_in_the_first_epoch_is_not_the_best(drive, model):
    callback = EarlyStopping(patience=2, restore_best_weights=True)
    assert len(drive(callback, [math.nan, 1.0, 0.5, 0.4, 0.6])) == 5
    assert not model.stop_training
    assert model.weights[0][0] == 3
    assert callback.best == 0.4


def test_nothing_but_nan_stops_and_keeps_the_weights(drive, model):
    callback = EarlyStopping(patience=2, restore_best_weights=True)
    assert len(drive(callback, [math.nan] * 5)) == 2
    assert callback.best is None
    assert model.weights[0][0] == 1


def test_epochs_without_the_metric_do_not_count(drive):
    callback = EarlyStopping(patience=1, restore_best_weights=True)
    with pytest.warns(
        KerasishWarning, match="`monitor` of `EarlyStopping` is not among"
    ):
        assert len(drive(callback, [1.0, None, None, 0.5])) == 4
    assert callback.best == 0.5


def test_the_direction_comes_from_the_model(drive, model, metric):
    model.metrics = [metric("accuracy", "max")]
    callback = EarlyStopping("val_accuracy", patience=1)
    assert len(drive(callback, [0.1, 0.2, 0.15, 0.3], "val_accuracy")) == 3


def test_a_second_run_starts_anew(drive, model):
    callback = EarlyStopping(patience=2)
    drive(callback, LOSSES)
    model.stop_training = False
    assert len(drive(callback, [3.0, 2.0])) == 2
    assert (callback.best, callback.stopped_epoch, callback.wait) == (2.0, 0, 0)


def test_says_what_it_does(drive, capsys):
    drive(EarlyStopping(patience=3, verbose=1, restore_best_weights=True), LOSSES)
    assert capsys.readouterr().out.splitlines() == [
        "Epoch 9: early stopping",
        "Restoring model weights from the end of the best epoch: 6.",
    ]


def test_is_silent_by_default(drive, capsys):
    drive(EarlyStopping(restore_best_weights=True), LOSSES)
    assert capsys.readouterr().out == ""


def test_can_be_copied():
    callback = copy.deepcopy(EarlyStopping(patience=4, baseline=0.5))
    assert (callback.patience, callback.baseline) == (4, 0.5)


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"patience": -1}, "`patience` of `EarlyStopping` must be an integer >= 0. Re"),
        ({"patience": 1.5}, "`patience` of `EarlyStopping`"),
        ({"verbose": 3}, "`verbose` of `EarlyStopping` must be one of 0, 1"),
        (
            {"mode": "up"},
            "`mode` of `EarlyStopping` must be one of 'auto', 'min', 'max'",
        ),
        ({"baseline": "low"}, "`baseline` of `EarlyStopping` must be a number"),
        ({"min_delta": None}, "`min_delta` of `EarlyStopping` must be a number"),
        ({"start_from_epoch": -2}, "`start_from_epoch` of `EarlyStopping` must be an"),
    ],
)
def test_bad_arguments(arguments, match):
    with pytest.raises(ArgumentError, match=match):
        EarlyStopping(**arguments)
