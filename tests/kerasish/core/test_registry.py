"""The base of serializable objects and the function behind every `get()`."""

import pytest

from kerasish.core import builtin_objects
from kerasish.core.errors import ArgumentError, SerializationError
from kerasish.core.registry import Serializable, resolve


class Base(Serializable):
    """What `resolve` looks for."""

    def __init__(self, rate=0.1):
        self.rate = rate

    def get_config(self):
        return {"rate": self.rate}


class SlowStep(Base):
    """A class in the table."""


def squared(x):
    return x**2


TABLE = {"slow_step": SlowStep, "squared": squared, "sq": squared}


def test_classes_inside_kerasish_register_themselves(monkeypatch):
    for name in ("_classes", "_keys"):
        monkeypatch.setattr(builtin_objects, name, {})
    inside = {"__module__": "kerasish.layers.core.dense"}
    dense = type("Dense", (Serializable,), {**inside, "__qualname__": "Dense"})
    type("_Hidden", (Serializable,), {**inside, "__qualname__": "_Hidden"})
    type("Local", (Serializable,), {**inside, "__qualname__": "f.<locals>.Local"})
    type("Mine", (dense,), {"__module__": "kerasishmine", "__qualname__": "Mine"})
    assert builtin_objects._classes == {("keras.layers", "Dense"): dense}


def test_from_config_is_the_constructor():
    assert Serializable().get_config() == {}
    assert type(Serializable.from_config({})) is Serializable
    assert SlowStep.from_config({"rate": 0.5}).rate == 0.5


@pytest.mark.parametrize("name", ["slow_step", "SlowStep", "slowstep", "SLOW_STEP"])
def test_a_class_by_name_is_instantiated(name):
    assert type(resolve("step", name, TABLE, Base)) is SlowStep


def test_other_identifiers():
    step = SlowStep()
    assert resolve("step", None, TABLE, Base) is None
    assert resolve("step", "sq", TABLE, Base) is squared
    assert resolve("step", step, TABLE, Base) is step
    assert resolve("step", squared, TABLE, Base) is squared
    assert type(resolve("step", SlowStep, TABLE, Base)) is SlowStep
    config = {"class_name": "SlowStep", "config": {"rate": 0.5}}
    assert resolve("step", config, TABLE, Base).rate == 0.5
    assert resolve("step", "mine", TABLE, Base, {"mine": squared}) is squared


@pytest.mark.parametrize(
    ("identifier", "message"),
    [
        ("slow_stp", "Unknown step: 'slow_stp'. Did you mean 'slow_step'?"),
        (3, "A step must be None, a name, a config dict or a `Base`. Received: 3 of"),
        (float, "or a `Base`. Received: <class 'float'>"),
        ({"a": 1}, "or a `Base`. Received: {'a': 1} of type dict"),
    ],
)
def test_wrong_identifiers(identifier, message):
    with pytest.raises(ArgumentError, match=message):
        resolve("step", identifier, TABLE, Base)
    with pytest.raises(ArgumentError, match="a config dict or a callable"):
        resolve("step", 3, TABLE)


def test_wrong_config():
    config = {"class_name": "SlowStp", "config": {}}
    with pytest.raises(SerializationError, match="Unknown step: 'SlowStp'. Did you"):
        resolve("step", config, TABLE, Base)
