"""Metrics of `f_scores` against values of Keras."""

import numpy as np
import pytest

from kerasish import metrics
from kerasish.metrics import f_scores as room
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
    "make, match",
    [
        (lambda: metrics.F1Score(average="x"), "`average`"),
        (lambda: metrics.FBetaScore(beta=-1.0), "`beta`"),
        (lambda: metrics.F1Score(threshold=2.0), "`threshold`"),
        (lambda: metrics.R2Score(class_aggregation="x"), "`class_aggregation`"),
        (lambda: metrics.R2Score(num_regressors=-1), "`num_regressors`"),
        (lambda: metrics.F1Score()(np.ones(3), np.ones(3)), "needs predictions"),
    ],
)
def test_arguments_out_of_range(make, match):
    with pytest.raises(ValueError, match=match):
        make()


def test_no_data_is_zero():
    assert float(metrics.F1Score().result()) == float(metrics.R2Score().result()) == 0


def test_the_adjusted_score_counts_samples(rng):
    from sklearn.metrics import r2_score

    y, p = rng.normal(size=(9, 2)), rng.normal(size=(9, 2))
    found = metrics.R2Score(num_regressors=3)(y, p)
    expected = 1 - (1 - r2_score(y, p)) * 8 / 5
    assert float(found) == pytest.approx(expected, rel=1e-5)
