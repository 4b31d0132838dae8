"""Functional models go into configs and come back."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers, ops


def model():
    a, b = keras.Input((3,)), keras.Input((3,))
    shared = layers.Dense(4)
    h = ops.relu(shared(a) - shared(b)) * 2.0
    return keras.Model([a, b], [h, layers.Dense(1)(h[:, 1:])])


def test_the_graph_comes_back():
    first = model()
    second = keras.Model.from_config(first.get_config())
    second.set_weights(first.get_weights())
    x = [np.ones((2, 3)), np.zeros((2, 3))]
    for ours, theirs in zip(first(x), second(x), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert second.get_config() == first.get_config()


def test_a_broken_graph_is_refused():
    config = model().get_config()
    config["output_layers"][0][0] = "nowhere"
    with pytest.raises(ValueError, match="no layer 'nowhere'"):
        keras.Model.from_config(config)
