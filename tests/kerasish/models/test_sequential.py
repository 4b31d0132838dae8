"""Stacks of layers."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers


def test_built_by_an_input_or_by_data():
    known = keras.Sequential([keras.Input((3,)), layers.Dense(2)])
    assert known.built and known.output_shape == (None, 2)
    late = keras.Sequential([layers.Dense(2)])
    with pytest.raises(RuntimeError, match="input shape is not known"):
        assert late.output_shape
    late(np.ones((5, 3)))
    assert late.input_shape == (None, 3)
    assert late(np.ones((2, 3))).shape == (2, 2)


def test_add_and_pop():
    model = keras.Sequential([keras.Input((3,)), layers.Dense(2, name="a")])
    model.add(layers.Dense(4, name="b"))
    assert model.output_shape == (None, 4)
    assert model.pop().name == "b" and model.output_shape == (None, 2)
    assert [x.name for x in model.layers] == ["a"]


def test_wrong_layers():
    model = keras.Sequential([keras.Input((3,)), layers.Dense(2, name="a")])
    with pytest.raises(TypeError, match="Only layers"):
        model.add("dense")
    with pytest.raises(ValueError, match="'a' is taken"):
        model.add(layers.Dense(2, name="a"))
    with pytest.raises(ValueError, match="has an input already"):
        model.add(keras.Input((3,)))
    with pytest.raises(RuntimeError, match="no layers"):
        keras.Sequential()(np.ones((1, 2)))
    with pytest.raises(RuntimeError, match="no layers"):
        keras.Sequential().pop()


def test_config():
    model = keras.Sequential([layers.Dense(2, input_shape=(3,)), layers.ReLU()])
    again = keras.Sequential.from_config(model.get_config())
    again.set_weights(model.get_weights())
    x = np.ones((2, 3))
    np.testing.assert_array_equal(again(x), model(x))
    late = keras.Sequential([layers.Dense(2)])
    late.build((None, 3))
    assert keras.Sequential.from_config(late.get_config()).input_shape == (None, 3)


def test_arguments_that_no_layer_takes():
    model = keras.Sequential([keras.Input((3,)), layers.Dense(2)])
    spec = model.compute_output_spec(keras.KerasTensor((4, 3)), training=True)
    assert spec.shape == (4, 2)
    with pytest.raises(TypeError, match=r"takes the arguments .* \['states'\]"):
        model(np.ones((1, 3)), states=1)
