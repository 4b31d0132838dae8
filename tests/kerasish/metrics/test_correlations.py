"""Correlations against SciPy, closed forms and stored values of Keras."""

import numpy as np
import pytest
from scipy import stats

from kerasish import metrics
from kerasish.metrics import correlations as room
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
    assert again.axis == row["kw"].get("axis", -1)
    assert again.direction == metrics.get(metric.name).direction == "max"


def test_pearson_of_scipy(rng):
    t = rng.normal(size=(4, 30))
    p = 0.4 * t + rng.normal(size=(4, 30)) + 7.0
    expected = [stats.pearsonr(*pair).statistic for pair in zip(t, p, strict=True)]
    found = metrics.pearson_correlation(t, p)
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    down = metrics.pearson_correlation(t.T, p.T, axis=0)
    np.testing.assert_allclose(down, expected, rtol=1e-12)
    both = metrics.pearson_correlation(t, p, axis=(0, 1))
    assert both.item() == pytest.approx(stats.pearsonr(t.ravel(), p.ravel()).statistic)


@pytest.mark.parametrize("scale", [1e-30, 1e-12, 1e12])
def test_pearson_does_not_depend_on_the_scale(rng, scale):
    t, p = rng.normal(size=(2, 50)).astype("float32")
    plain = metrics.pearson_correlation(t, p).item()
    found = metrics.pearson_correlation(t.astype("float64") * scale, p * 1.0).item()
    assert found == pytest.approx(plain, rel=1e-5)


def test_concordance_by_its_definition(rng):
    t = rng.normal(size=50)
    p = 0.7 * t + 0.3
    bottom = t.var() + p.var() + (t.mean() - p.mean()) ** 2
    expected = 2 * np.cov(t, p, bias=True)[0, 1] / bottom
    assert metrics.concordance_correlation(t, p).item() == pytest.approx(expected)
    assert metrics.concordance_correlation(t, t).item() == pytest.approx(1.0)
    assert metrics.concordance_correlation(t, -t + 2 * t.mean()).item() < -0.99


def test_constants_have_no_correlation():
    assert np.isnan(metrics.pearson_correlation([[1.0, 1.0]], [[0.0, 1.0]]).item())
    assert np.isnan(metrics.concordance_correlation([1.0, 1.0], [1.0, 1.0]).item())
    assert metrics.concordance_correlation([1.0, 1.0], [2.0, 2.0]).item() == 0.0


def test_shapes_must_fit():
    with pytest.raises(ValueError, match="`pearson_correlation`.*same shape"):
        metrics.pearson_correlation(np.ones((2, 3)), np.ones((2, 4)))
