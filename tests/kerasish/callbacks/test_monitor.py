"""Which way a metric improves, and what counts as better."""

import math
import pickle

import numpy as np
import pytest

from kerasish.callbacks import MonitorCallback
from kerasish.callbacks.monitor import find_direction
from kerasish.core.errors import ArgumentError, ArgumentTypeError, KerasishWarning


@pytest.fixture
def compiled(model, metric):
    """A model with a loss, metrics that know their direction, and one that does not."""
    inner = [
        metric("accuracy", "max"),
        metric("top_k_accuracy", "max"),
        metric("mae", "min"),
        metric("my_loss", "max"),
        metric("custom"),
        metric("neg_mae"),
    ]
    model.metrics = [metric("loss"), metric("compile_metrics", metrics=inner)]
    return model


@pytest.mark.parametrize(
    ("monitor", "expected"),
    [
        ("loss", "min"),
        ("val_loss", "min"),
        ("a_loss", "min"),
        ("val_a_loss", "min"),
        ("accuracy", "max"),
        ("val_accuracy", "max"),
        ("val_mae", "min"),
        ("head_mae", "min"),
        ("val_head_accuracy", "max"),
        ("head_top_k_accuracy", "max"),
        ("my_loss", "max"),
        ("custom", None),
        ("neg_mae", None),
        ("head_custom", None),
        ("unheard", None),
    ],
)
def test_direction(compiled, monitor, expected):
    assert find_direction(monitor, compiled) == expected


@pytest.mark.parametrize(
    ("monitor", "expected"),
    [("val_head_mae", "min"), ("head_weighted_mae", "min"), ("val_other_mae", None)],
)
def test_only_an_output_may_stand_before_a_metric(compiled, monitor, expected):
    compiled.output_names = ["head", "tail"]
    assert find_direction(monitor, compiled) == expected


def test_direction_without_a_model():
    assert find_direction("val_loss", None) == "min"
    assert find_direction("accuracy", None) is None


def test_mode_decides_the_comparison(compiled):
    largest = MonitorCallback("custom", mode="max")
    assert largest.is_improvement(2.0, 1.0)
    assert not largest.is_improvement(1.0, 1.0)
    assert largest.monitor_op(2.0, 1.0)
    smallest = MonitorCallback("custom", mode="min")
    assert smallest.is_improvement(1.0, 2.0)
    auto = MonitorCallback("mae")
    assert auto.monitor_op is None
    assert not auto.is_improvement(1.0, 2.0)
    auto.set_model(compiled)
    assert auto.get_monitor_value({"mae": 1.0}) == 1.0
    assert auto.monitor_op(1.0, 2.0)


@pytest.mark.parametrize("delta", [0.25, -0.25])
def test_min_delta(delta):
    smallest = MonitorCallback(mode="min", min_delta=delta)
    assert smallest.is_improvement(0.5, 1.0)
    assert not smallest.is_improvement(0.75, 1.0)
    largest = MonitorCallback(mode="max", min_delta=delta)
    assert largest.is_improvement(1.5, 1.0)
    assert not largest.is_improvement(1.25, 1.0)


@pytest.mark.parametrize("mode", ["min", "max"])
def test_nan_is_worse_than_any_number(mode):
    callback = MonitorCallback(mode=mode)
    for reference in (None, 1.0, math.nan, math.inf):
        assert not callback.is_improvement(math.nan, reference)
    for value in (0.0, math.inf, -math.inf):
        assert callback.is_improvement(value, math.nan)
        assert callback.is_improvement(value, None)


@pytest.mark.parametrize("value", [2, 2.0, np.float32(2), np.array([2.0]), True])
def test_values_become_floats(value):
    result = MonitorCallback("loss").get_monitor_value({"loss": value})
    assert type(result) is float


@pytest.mark.parametrize("value", [np.zeros(2), "good", None, 1j])
def test_values_that_are_not_one_number_are_refused(value):
    match = "'loss' that `MonitorCallback` monitors must be one number. Received: "
    with pytest.raises(ArgumentTypeError, match=match):
        MonitorCallback("loss").get_monitor_value({"loss": value})


def test_a_missing_metric_is_warned_about_once_a_run(compiled):
    callback = MonitorCallback("val_accuracy")
    callback.set_model(compiled)
    match = "not among the metrics: 'val_accuracy'. There was no validation: see `val"
    for _ in range(2):
        callback.on_train_begin()
        with pytest.warns(KerasishWarning, match=match):
            assert callback.get_monitor_value({"loss": 1.0}) is None
        assert callback.get_monitor_value({"loss": 1.0}) is None


def test_the_warning_names_what_is_available():
    match = "Did you mean 'val_loss'. Available: loss, val_loss."
    with pytest.warns(KerasishWarning, match=match):
        MonitorCallback("val_los", "min").get_monitor_value({"loss": 1, "val_loss": 1})
    with pytest.warns(KerasishWarning, match="Available: none."):
        MonitorCallback("loss").get_monitor_value(None)


def test_an_unknown_metric_is_refused(compiled):
    callback = MonitorCallback("acuracy")
    callback.set_model(compiled)
    match = r"not among the metrics: 'acuracy'. Did you mean 'accuracy'\?"
    with pytest.raises(ArgumentError, match=match):
        callback.get_monitor_value({"loss": 1.0, "accuracy": 1.0})


def test_an_unknown_direction_is_refused(compiled):
    callback = MonitorCallback("custom")
    callback.set_model(compiled)
    match = (
        "cannot tell whether the metric 'custom' .* Pass `mode='min'` or `mode='max'"
    )
    with pytest.raises(ArgumentError, match=match):
        callback.get_monitor_value({"loss": 1.0, "custom": 1.0})


def test_bad_arguments():
    with pytest.raises(
        ArgumentError, match="`mode` of `MonitorCallback` must be one of"
    ):
        MonitorCallback(mode="smallest")
    with pytest.raises(
        ArgumentError, match="`monitor` of `MonitorCallback` must be the"
    ):
        MonitorCallback(None)
    with pytest.raises(ArgumentError, match="`min_delta` of `MonitorCallback` must be"):
        MonitorCallback(min_delta=math.nan)


def test_is_pickled_with_its_direction():
    callback = pickle.loads(pickle.dumps(MonitorCallback("x", mode="max")))
    assert callback.is_improvement(2.0, 1.0)
