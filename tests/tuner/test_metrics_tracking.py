import math

import pytest

from kerasish.core.errors import ArgumentError
from kerasish.tuner.metrics_tracking import (
    MetricHistory,
    MetricObservation,
    MetricsTracker,
)

# As keras-tuner 1.4.8 writes it.
CONFIG = {
    "metrics": {
        "val_accuracy": {
            "direction": "max",
            "observations": [{"value": [0.7083333134651184], "step": 0}],
        }
    }
}


def test_observation_averages_the_executions():
    observation = MetricObservation(0.5, 1)
    observation.append([1.0, 1.5])
    assert observation.mean() == 1.0
    assert observation.get_config() == {"value": [0.5, 1.0, 1.5], "step": 1}


def test_best_depends_on_the_direction():
    for direction, value, step in (("min", 0.1, 1), ("max", 0.9, 0)):
        history = MetricHistory(direction)
        for at, new in enumerate([0.9, 0.1, 0.5]):
            history.update(new, at)
        assert history.get_best_value() == value
        assert history.get_best_step() == step
        assert history.get_last_value() == 0.5


def test_values_of_a_step_are_averaged():
    history = MetricHistory("max")
    history.update(0.0, 2)
    history.update(1.0, 2)
    assert history.get_best_value() == 0.5


def test_nan_is_never_best_and_is_null_in_a_file():
    history = MetricHistory("min")
    assert history.get_best_value() is history.get_last_value() is None
    history.update(math.nan, 0)
    assert history.get_best_value() is history.get_best_step() is None
    assert history.get_config()["observations"] == [{"value": [None], "step": 0}]
    assert math.isnan(MetricHistory.from_config(history.get_config()).get_last_value())


def test_direction_must_be_known_to_choose():
    history = MetricHistory(None)
    history.update(1.0, 0)
    assert history.get_best_value() == 1.0
    history.update(2.0, 1)
    with pytest.raises(ArgumentError, match="needs its direction, 'min' or 'max'"):
        history.get_best_value()
    with pytest.raises(ArgumentError, match="must be 'min' or 'max'. Received: dir"):
        MetricHistory("up")


def test_config_is_that_of_keras_tuner():
    tracker = MetricsTracker()
    tracker.register("val_accuracy", "max")
    tracker.update("val_accuracy", 0.7083333134651184)
    assert tracker.get_config() == CONFIG
    made = MetricsTracker.from_config(CONFIG)
    assert made.get_config() == CONFIG
    assert made.get_best_step("val_accuracy") == 0
    assert made.get_last_value("val_accuracy") == 0.7083333134651184


def test_tracker_registers_what_is_new():
    tracker = MetricsTracker()
    tracker.update("loss", 0.5, step=3)
    assert tracker.exists("loss") and not tracker.exists("los")
    assert [o.step for o in tracker.get_history("loss")] == [3]
    with pytest.raises(ArgumentError, match="'loss' is registered already"):
        tracker.register("loss")
    with pytest.raises(ArgumentError, match="metric of the trial: 'los'. Did you mean"):
        tracker.get_best_value("los")
