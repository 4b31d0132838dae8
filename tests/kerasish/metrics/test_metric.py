"""The base class of metrics: variables, resets, pure functions of the state."""

import numpy as np
import pytest

from kerasish import metrics


class Count(metrics.Metric):
    def __init__(self, name="count", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.n = self.add_weight(name="n")

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.n.assign_add(len(y_true))

    def result(self):
        return self.n.value


def test_call_updates_and_reads():
    metric = Count()
    assert float(metric([1, 2], [1, 2])) == 2.0
    assert float(metric([1], [1])) == 3.0
    metric.reset_state()
    assert float(metric.result()) == 0.0


def test_stateless_functions_change_nothing():
    metric = Count()
    start = metric.stateless_reset_state()
    after = metric.stateless_update_state(start, [1, 2], [1, 2])
    assert float(metric.stateless_result(after)) == 2.0
    assert float(metric.result()) == 0.0
    with pytest.raises(ValueError, match="must hold 1 values"):
        metric.stateless_result([])


def test_variables_of_inner_metrics_are_found():
    class Pair(Count):
        def __init__(self):
            super().__init__()
            self.parts = [metrics.Mean(), metrics.Sum()]

    assert len(Pair().variables) == 1 + 2 + 1


def test_config():
    assert Count.from_config(Count().get_config()).name == "count"
    assert np.float32(Count(dtype="float64").result()) == 0


def test_a_metric_without_methods():
    with pytest.raises(NotImplementedError, match="no `update_state`"):
        metrics.Metric(name="x").update_state([], [])
    with pytest.raises(NotImplementedError, match="no `result`"):
        metrics.Metric(name="x").result()
