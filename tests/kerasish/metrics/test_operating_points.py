"""Operating points against scikit-learn's curves and stored values of Keras."""

import numpy as np
import pytest
from sklearn.metrics import precision_recall_curve, roc_curve

from kerasish import metrics
from kerasish.metrics import operating_points as room
from tests.golden.reference import identify
from tests.golden.stored_metrics import agrees, stored

ROWS = [r for r in stored()["metrics"] if r["cls"] in room.__all__]


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_values_are_those_of_keras(row):
    agrees(getattr(metrics, row["cls"]), row)


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_config_makes_the_same_metric(row):
    metric = getattr(metrics, row["cls"])(**row["kw"])
    again = metrics.deserialize(metrics.serialize(metric))
    assert again.get_config() == metric.get_config()
    assert again.direction == "max"
    given = next(iter(row["kw"]))
    assert getattr(again, given) == row["kw"][given]


@pytest.fixture(name="scored")
def make_scored(rng):
    """Returns targets, scores between the thresholds of 1001, and weights."""
    y = rng.integers(0, 2, 500)
    scores = np.clip(0.3 + 0.3 * y + rng.normal(0, 0.2, 500), 0.01, 0.99)
    return y, np.round(scores, 2) + 0.0005, rng.uniform(0.1, 2.0, 500)


@pytest.mark.parametrize("least", [0.1, 0.55, 0.9, 1.0])
def test_points_of_the_roc_curve(scored, least):
    y, p, w = scored
    misses, hits, _ = roc_curve(y, p, sample_weight=w, drop_intermediate=False)
    inside = hits > 0  # scikit-learn adds a threshold that nothing reaches
    metric = metrics.SensitivityAtSpecificity(least, num_thresholds=1001)
    expected = hits[inside & (1 - misses >= least)]
    assert float(metric(y, p, w)) == pytest.approx(max(expected, default=0.0))
    metric = metrics.SpecificityAtSensitivity(least, num_thresholds=1001)
    expected = (1 - misses)[hits >= least - 1e-12]
    assert float(metric(y, p, w)) == pytest.approx(expected.max())


@pytest.mark.parametrize("least", [0.1, 0.55, 0.9, 1.0])
def test_points_of_the_precision_recall_curve(scored, least):
    y, p, w = scored
    precision, recall, _ = precision_recall_curve(y, p, sample_weight=w)
    precision, recall = precision[:-1], recall[:-1]  # the last point is made up
    metric = metrics.PrecisionAtRecall(least, num_thresholds=1001)
    expected = precision[recall >= least - 1e-12].max()
    assert float(metric(y, p, w)) == pytest.approx(expected)
    metric = metrics.RecallAtPrecision(least, num_thresholds=1001)
    expected = max(recall[precision >= least - 1e-12], default=0.0)
    assert float(metric(y, p, w)) == pytest.approx(expected)


def test_nothing_reaches_the_least_value():
    metric = metrics.RecallAtPrecision(0.9)
    assert float(metric.result()) == 0.0
    assert float(metric([0, 0], [0.1, 0.9])) == 0.0


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: metrics.SensitivityAtSpecificity(1.5), "`specificity` of `Sens"),
        (lambda: metrics.SpecificityAtSensitivity(-0.1), "`sensitivity` of `Spec"),
        (lambda: metrics.PrecisionAtRecall(float("nan")), "`recall` of .*=nan"),
        (lambda: metrics.RecallAtPrecision("x"), r"`precision` of .*='x'"),
        (lambda: metrics.RecallAtPrecision(0.5, 0), "`num_thresholds` of .*=0"),
        (lambda: metrics.RecallAtPrecision(0.5, 2.5), "`num_thresholds` of .*=2.5"),
    ],
)
def test_arguments_out_of_range(make, match):
    with pytest.raises(ValueError, match=match):
        make()
