"""Metrics by name."""

import pytest

from kerasish import metrics


def test_names_give_objects_with_a_direction():
    for name, direction in {"mae": "min", "AUC": "max", "f1_score": "max"}.items():
        assert metrics.get(name).direction == direction


def test_config_and_none():
    assert metrics.get(None) is None
    again = metrics.get(metrics.serialize(metrics.Mean(name="m")))
    assert again.name == "m"


def test_an_unknown_name_gets_a_hint():
    with pytest.raises(ValueError, match="Did you mean 'accuracy'"):
        metrics.get("acuracy")
