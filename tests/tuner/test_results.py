import math

import numpy as np
import pytest

from kerasish.callbacks import History
from kerasish.tuner.errors import FatalTypeError, FatalValueError
from kerasish.tuner.objective import Objective, create_objective
from kerasish.tuner.results import best_epoch, metrics_of

LOSS = Objective("val_loss", "min")


def history(**metrics):
    made = History()
    made.on_train_begin()
    made.history = {name: list(values) for name, values in metrics.items()}
    made.epoch = list(range(max(map(len, metrics.values()), default=0)))
    return made


def test_best_epoch_of_a_history_counts():
    result = history(loss=[3.0, 2.0, 1.0], val_loss=[0.5, 0.2, 0.4])
    assert metrics_of(result, LOSS) == ({"loss": [2.0], "val_loss": [0.2]}, 1)
    assert best_epoch(result.history, Objective("loss", "max")) == 0


def test_first_of_equals_is_best_and_nan_is_worst():
    assert best_epoch({"val_loss": [math.nan, 0.5, 0.5, math.nan]}, LOSS) == 1
    assert best_epoch({"val_loss": [math.nan, math.nan]}, LOSS) == 0


def test_validation_every_other_epoch():
    result = history(loss=[4.0, 3.0, 2.0, 1.0], val_loss=[0.2, 0.5])
    assert metrics_of(result, LOSS) == ({"loss": [3.0], "val_loss": [0.2]}, 1)
    by_loss = Objective("loss", "min")
    assert metrics_of(result, by_loss) == ({"loss": [1.0], "val_loss": [0.5]}, 3)
    first = Objective("loss", "max")
    assert metrics_of(result, first) == ({"loss": [4.0]}, 0)


def test_executions_are_listed_and_the_best_one_names_the_epoch():
    runs = [history(val_loss=[0.5, 0.4]), history(val_loss=[0.1, 0.2])]
    assert metrics_of(runs, LOSS) == ({"val_loss": [0.4, 0.1]}, 0)
    assert metrics_of([{"val_loss": 1, "a": 2}, {"val_loss": 3}], LOSS) == (
        {"val_loss": [1.0, 3.0]},
        0,
    )


@pytest.mark.parametrize("value", [0.5, np.float32(0.5), np.array([0.5])])
def test_one_number_is_the_objective(value):
    assert metrics_of(value, LOSS) == ({"val_loss": [0.5]}, 0)


def test_several_objectives_need_their_metrics():
    both = create_objective([LOSS, Objective("gain", "max")])
    found, step = metrics_of(history(val_loss=[1, 1], gain=[0, 2]), both)
    assert (found, step) == ({"val_loss": [1.0], "gain": [2.0]}, 1)
    with pytest.raises(FatalTypeError, match="one value for several objectives"):
        metrics_of(0.5, both)


@pytest.mark.parametrize(
    ("result", "error", "message"),
    [
        (None, FatalTypeError, "returned None.*is a `return` missing?"),
        ([None], FatalTypeError, "returned None"),
        ("s", FatalTypeError, "must be one number.*Received: 's' of type str"),
        ({"val_loss": [1, 2]}, FatalTypeError, "'val_loss' of a trial must be one"),
        ([], FatalValueError, "empty list"),
        ({"loss": 1.0}, FatalValueError, "'val_loss' is not among.*Available: loss"),
        (history(), FatalValueError, "is empty: no epoch was run"),
        (history(loss=[1.0]), FatalValueError, "No validation data was given"),
    ],
)
def test_other_results_are_refused(result, error, message):
    with pytest.raises(error, match=message):
        metrics_of(result, LOSS)


def test_one_number_needs_a_direction():
    with pytest.raises(FatalValueError, match="larger is not known"):
        metrics_of(0.5, Objective("gain"))
