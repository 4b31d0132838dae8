import pytest

from kerasish.core.errors import ArgumentTypeError
from kerasish.tuner.definitions import Definitions
from kerasish.tuner.hyperparameters import HyperParameters


def test_each_method_returns_the_default_at_first_and_then_the_value():
    hp = HyperParameters()

    def ask():
        return (
            hp.Int("a", 1, 9, default=4),
            hp.Float("b", 0.0, 1.0),
            hp.Choice("c", ["x", "y"]),
            hp.Boolean("d"),
            hp.Fixed("e", "z"),
        )

    assert ask() == (4, 0.0, "x", False, "z")
    hp.values = {"a": 7, "b": 0.5, "c": "y", "d": True, "e": "z"}
    assert ask() == (7, 0.5, "y", True, "z")


def test_each_method_takes_a_parent():
    hp = HyperParameters()
    hp.Choice("mode", ["on", "off"], default="off")
    parent = {"parent_name": "mode", "parent_values": ["on"]}
    hp.Int("a", 1, 9, **parent)
    hp.Float("b", 0.0, 1.0, **parent)
    hp.Choice("c", ["x", "y"], **parent)
    hp.Boolean("d", **parent)
    hp.Fixed("e", "z", **parent)
    assert hp.values == {"mode": "off"}
    hp.values["mode"] = "on"
    hp.ensure_active_values()
    assert hp.values == {"mode": "on", "a": 1, "b": 0.0, "c": "x", "d": False, "e": "z"}


def test_name_must_be_a_string():
    with pytest.raises(ArgumentTypeError, match="must be a non-empty string.*name=3"):
        HyperParameters().Int(3, 1, 2)


def test_it_is_only_a_base():
    with pytest.raises(TypeError, match="abstract"):
        Definitions()
