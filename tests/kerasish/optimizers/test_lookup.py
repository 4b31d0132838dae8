"""Optimizers by name."""

import pytest

from kerasish import optimizers


@pytest.mark.parametrize("name", ["adam", "Adam", "SGD", "rmsprop", "adamw", "lion"])
def test_names_in_any_case(name):
    assert type(optimizers.get(name)).__name__.lower() == name.lower()


def test_configs_and_objects():
    optimizer = optimizers.Adam(0.5)
    assert optimizers.get(optimizer) is optimizer
    again = optimizers.get(optimizers.serialize(optimizer))
    assert float(again.learning_rate) == 0.5


def test_an_unknown_name_gets_a_hint():
    with pytest.raises(ValueError, match="Did you mean 'adam'"):
        optimizers.get("adan")
