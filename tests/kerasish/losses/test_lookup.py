"""Losses by name."""

import pytest

from kerasish import losses


@pytest.mark.parametrize("alias", ["mse", "mae", "mape", "msle", "bce", "kld"])
def test_short_names(alias):
    assert callable(losses.get(alias))


def test_names_of_classes_and_functions():
    assert losses.get("MeanSquaredError").name == "mean_squared_error"
    assert losses.get("mean_squared_error") is losses.mean_squared_error
    assert losses.get(None) is None


def test_an_unknown_name_gets_a_hint():
    with pytest.raises(ValueError, match="Did you mean 'mse'"):
        losses.get("mze")
