"""Probability losses against values of Keras."""

import numpy as np
import pytest

from kerasish import losses
from kerasish.losses import probability_losses
from tests.golden.reference import array, identify, rows

ROWS = rows("losses", probability_losses.__all__)


def predictions(row):
    p = array(row["p"])
    if row["cls"] == "Circle":
        p = p / np.linalg.norm(p, axis=1, keepdims=True)
    return p


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_values_are_those_of_keras(row):
    for reduction in ("sum_over_batch_size", "sum", "none"):
        loss = getattr(losses, row["cls"])(reduction=reduction, **row["kw"])
        found = loss(array(row["t"]), predictions(row))
        np.testing.assert_allclose(found, row[reduction], rtol=2e-5, atol=1e-5)


@pytest.mark.parametrize("row", [r for r in ROWS if "weighted" in r], ids=identify)
def test_sample_weights(row):
    loss = getattr(losses, row["cls"])(**row["kw"])
    found = loss(array(row["t"]), predictions(row), sample_weight=array("W"))
    np.testing.assert_allclose(found, row["weighted"], rtol=2e-5, atol=1e-5)


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_config_makes_the_same_loss(row):
    loss = getattr(losses, row["cls"])(**row["kw"])
    again = losses.deserialize(losses.serialize(loss))
    assert type(again) is type(loss)
    assert again.get_config() == loss.get_config()
    expected = loss(array(row["t"]), predictions(row))
    assert float(again(array(row["t"]), predictions(row))) == float(expected)
