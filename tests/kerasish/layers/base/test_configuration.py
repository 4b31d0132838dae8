"""Configs of layers, and their own variables in files."""

import numpy as np
import pytest

from kerasish import layers


class Simple(layers.Layer):
    def __init__(self, units, factor=1.0, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def call(self, x):
        return x


def test_simple_layers_need_no_get_config():
    layer = Simple(3, factor=2.0, name="s")
    config = layer.get_config()
    assert config["units"] == 3 and config["factor"] == 2.0
    assert Simple.from_config(config).get_config() == config


def test_other_arguments_need_one():
    with pytest.raises(ValueError, match="Implement `Simple.get_config`"):
        Simple(object()).get_config()


def test_from_config_says_what_it_was_given():
    with pytest.raises(TypeError, match="Error when deserializing 'Simple'.*colour"):
        Simple.from_config({"units": 1, "colour": "red"})


def test_build_config():
    layer = layers.Dense(2)
    assert layer.get_build_config() is None
    layer(np.ones((4, 3)))
    again = layers.Dense(2)
    again.build_from_config({"input_shape": [None, 3]})
    assert again.kernel.shape == (3, 2)


def test_several_shapes_are_written_as_keras_does():
    x, h = np.ones((4, 5, 3)), np.ones((4, 2))
    layer = layers.GRU(2)
    layer(x, initial_state=h)
    config = layer.get_build_config()
    assert config == {
        "shapes_dict": {"sequences_shape": (4, 5, 3), "initial_state_shape": (4, 2)}
    }
    for form in (config, config["shapes_dict"]):
        again = layers.GRU(2)
        again.build_from_config(form)
        assert again.cell.kernel.shape == (3, 6)
        assert again.get_build_config() == config


def test_own_variables():
    layer, store = layers.Dense(2), {}
    layer.build((None, 3))
    layer.save_own_variables(store)
    assert sorted(store) == ["0", "1"]
    other = layers.Dense(2)
    other.build((None, 3))
    other.load_own_variables(store)
    np.testing.assert_array_equal(other.kernel, layer.kernel)
    with pytest.raises(ValueError, match="has 2 weights, but 1"):
        other.load_own_variables({"0": store["0"]})
    with pytest.raises(ValueError, match="has the shape"):
        other.load_own_variables({"0": np.ones((1, 1)), "1": store["1"]})
