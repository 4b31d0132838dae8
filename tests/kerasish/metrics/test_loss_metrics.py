"""Metrics of `loss_metrics` against values of Keras."""

import numpy as np
import pytest

from kerasish import metrics
from kerasish.metrics import loss_metrics as room
from tests.golden.reference import array, identify, rows

ROWS = rows("metrics", room.__all__)


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_values_are_those_of_keras(row):
    metric = getattr(metrics, row["cls"])(**row["kw"])
    metric.update_state(array(row["t"]), array(row["p"]))
    np.testing.assert_allclose(metric.result(), row["plain"], rtol=2e-5, atol=1e-5)


@pytest.mark.parametrize("row", [r for r in ROWS if "weighted" in r], ids=identify)
def test_weighted_batches(row):
    metric = getattr(metrics, row["cls"])(**row["kw"])
    y, p, w = array(row["t"]), array(row["p"]), array("W")
    for part in (slice(0, 3), slice(3, 6)):
        metric.update_state(y[part], p[part], sample_weight=w[part])
    expected = row["weighted"]
    np.testing.assert_allclose(metric.result(), expected, rtol=2e-5, atol=1e-5)
    metric.reset_state()
    assert not any(v.numpy().any() for v in metric.variables)


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_config_makes_the_same_metric(row):
    metric = getattr(metrics, row["cls"])(**row["kw"])
    again = metrics.deserialize(metrics.serialize(metric))
    assert again.get_config() == metric.get_config()
    assert again.direction in ("min", "max")
