"""Layers around layers."""

import numpy as np
import pytest

from kerasish import layers


class Twice(layers.Wrapper):
    def call(self, x):
        return 2.0 * self.layer(x)


def test_the_inner_layer_is_built_and_serialised():
    outer = Twice(layers.Dense(2))
    x = np.ones((1, 3))
    y = outer(x)
    np.testing.assert_allclose(y, 2 * np.asarray(outer.layer(x)))
    again = Twice.from_config(outer.get_config())
    assert again.layer.units == 2 and len(outer.weights) == 2


def test_only_layers_are_wrapped():
    with pytest.raises(TypeError, match="`layer` of `Twice` must be a layer"):
        Twice("dense")
