"""Metrics of `auc` against values of Keras."""

import numpy as np
import pytest

from kerasish import metrics
from kerasish.metrics import auc as room
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


@pytest.mark.parametrize(
    "kw, match",
    [
        ({"curve": "X"}, "`curve`"),
        ({"summation_method": "x"}, "`summation_method`"),
        ({"num_thresholds": 1}, "`num_thresholds`"),
        ({"thresholds": [2.0]}, "`thresholds`"),
    ],
)
def test_arguments_out_of_range(kw, match):
    with pytest.raises(ValueError, match=match):
        metrics.AUC(**kw)


def test_many_thresholds_come_near_the_exact_area(rng):
    from sklearn.metrics import roc_auc_score

    y = rng.integers(0, 2, 300)
    p = np.clip(rng.normal(0.4 + 0.2 * y, 0.2), 0, 1)
    found = metrics.AUC(num_thresholds=2000)(y, p)
    assert float(found) == pytest.approx(roc_auc_score(y, p), abs=2e-3)


def test_logits_and_label_weights():
    y, z = np.array([[0.0, 1], [1, 0], [1, 1]]), np.array([[0.1, 2], [1, -1], [-1, 0]])
    plain = metrics.AUC(multi_label=True)(y, 1 / (1 + np.exp(-z)))
    logits = metrics.AUC(multi_label=True, from_logits=True, label_weights=[1, 1])(y, z)
    assert float(plain) == pytest.approx(float(logits))


def test_thresholds_of_ones_own():
    metric = metrics.AUC(thresholds=[0.5, 0.2])
    assert metric.get_config()["thresholds"] == [0.2, 0.5]
    assert metric.thresholds[1:-1] == [0.2, 0.5]
    assert float(metrics.AUC(multi_label=True).result()) == 0.0
