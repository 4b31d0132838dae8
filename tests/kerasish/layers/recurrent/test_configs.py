"""Configs of recurrent layers are, key by key, those that Keras writes."""

import json

import pytest

from kerasish import layers
from tests.golden.stored_recurrent import configs, identify, make

# Written in another form, which both read: dtypes of inner objects by their name, and
# initializers without the axes that nobody gave.
FORMS = ("dtype", "input_axes", "output_axes")


def plain(config):
    if isinstance(config, dict):
        own = "units" in config or "module" in config or "trainable" in config
        left_out = (*FORMS, "name") if own else FORMS
        return {k: plain(v) for k, v in config.items() if k not in left_out}
    if isinstance(config, list | tuple):
        return [plain(v) for v in config]
    return config


@pytest.mark.parametrize("row", configs(), ids=identify)
def test_config_is_that_of_keras(row):
    layer = make(row["cls"], row["kw"])
    found = plain(json.loads(json.dumps(layer.get_config())))
    expected = plain(row["config"])
    if row["cls"] == "SimpleRNN":
        # Keras drops it there without a word.
        assert expected.pop("activity_regularizer") is None
        assert bool(found.pop("activity_regularizer")) == (
            "activity_regularizer" in row["kw"]
        )
    assert found == expected


@pytest.mark.parametrize("row", configs(), ids=identify)
def test_a_layer_is_made_of_the_config_of_keras(row):
    again = getattr(layers, row["cls"]).from_config(row["config"])
    expected = make(row["cls"], row["kw"]).get_config()
    if row["cls"] == "SimpleRNN":
        expected["activity_regularizer"] = None
    given = plain(json.loads(json.dumps(again.get_config())))
    assert given == plain(json.loads(json.dumps(expected)))
