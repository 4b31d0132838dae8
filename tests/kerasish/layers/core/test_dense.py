"""Layers of `dense` against values of Keras."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers
from kerasish.layers.core.dense import __all__ as NAMES
from tests.kerasish.layers.tables import SmallTable


class TestTable(SmallTable):
    names = NAMES


@pytest.mark.parametrize("units", [0, -1, 1.5, "3", None, True])
def test_units_must_be_a_positive_integer(units):
    with pytest.raises(ValueError, match="`units` of `Dense`"):
        layers.Dense(units)


def test_the_wrong_number_of_features_names_the_layer():
    layer = layers.Dense(2, name="head")
    layer(np.ones((1, 3)))
    with pytest.raises(ValueError, match="'head'.*axis -1.*size 3"):
        layer(np.ones((1, 4)))


def test_features_must_be_known():
    with pytest.raises(ValueError, match="last axis of the inputs"):
        layers.Dense(2)(keras.Input((None,)))


def test_unknown_options_are_refused():
    with pytest.raises(ValueError, match="lora_rank"):
        layers.Dense(2, lora_rank=4)
    with pytest.raises(TypeError, match="Unrecognized keyword arguments"):
        layers.Dense(2, colour="red")
