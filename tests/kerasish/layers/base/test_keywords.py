"""Keyword arguments that no constructor knows."""

import pytest

from kerasish import layers
from kerasish.core.errors import KeywordError
from kerasish.layers.base.keywords import input_shape_argument


def test_shapes_of_keras():
    assert input_shape_argument(layers.Dense, {}) is None
    assert input_shape_argument(layers.Dense, {"input_shape": [2, 3]}) == (2, 3)
    assert input_shape_argument(layers.Dense, {"input_dim": 4}) == (4,)


@pytest.mark.parametrize("error", [KeywordError, ValueError, TypeError])
def test_others_are_refused_with_the_nearest(error):
    said = (
        r"Unrecognized keyword arguments passed to Dense: {'activatoin': 'relu'}\. "
        "Did you mean 'activation'"
    )
    with pytest.raises(error, match=said):
        layers.Dense(3, activatoin="relu")
    with pytest.raises(error, match="{'colour': 1, 'size': 2}"):
        input_shape_argument(layers.Dense, {"size": 2, "input_dim": 3, "colour": 1})


def test_a_config_with_such_an_argument_is_refused():
    with pytest.raises(TypeError, match="Error when deserializing 'Dense'.*colour"):
        layers.Dense.from_config({"units": 3, "colour": "red"})
