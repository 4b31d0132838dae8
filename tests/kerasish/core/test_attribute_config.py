"""Settings as attributes."""

import copy
import json

import pytest

from kerasish.core.attribute_config import Config


def test_entries_are_attributes_and_items():
    config = Config(a=1, b="x")
    config.c, config["d"] = 2.5, None
    assert config.as_dict() == {"a": 1, "b": "x", "c": 2.5, "d": None}
    assert json.loads(config.to_json()) == config.as_dict()
    assert list(config) == list(config.keys()) == ["a", "b", "c", "d"]
    assert list(config.values())[0] == 1 and ("b", "x") in config.items()
    assert "a" in config and "z" not in config and len(config) == 4
    assert config.get("z", 7) == 7 and config.pop("a") == 1
    config.update({"e": 1}, f=2)
    config.update(Config(g=3))
    del config.e
    del config["f"]
    assert repr(config) == "<Config {'b': 'x', 'c': 2.5, 'd': None, 'g': 3}>"
    assert copy.deepcopy(config).as_dict() == config.as_dict()


def test_entries_that_are_not_there():
    config = Config(units=1)
    with pytest.raises(AttributeError, match="no entry 'unit'. Did you mean 'units'"):
        config.unit  # noqa: B018
    with pytest.raises(KeyError):
        config["unit"]


def test_frozen_configs_do_not_change():
    config = Config(a=1)
    config.freeze()
    assert config.frozen and config.a == 1
    changes = [
        lambda: setattr(config, "a", 2),
        lambda: delattr(config, "a"),
        lambda: config.pop("a"),
        lambda: config.update(a=2),
        lambda: config.__setitem__("a", 2),
    ]
    for change in changes:
        with pytest.raises(ValueError, match="is frozen"):
            change()
    config.unfreeze()
    config.a = 2
    assert config.a == 2
