"""Copies of the architecture."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers


def functional():
    x = keras.Input((3,))
    return keras.Model(x, keras.ops.relu(layers.Dense(2, name="d")(x)))


def sequential():
    return keras.Sequential([keras.Input((3,)), layers.Dense(2, name="d")])


@pytest.mark.parametrize("make", [functional, sequential])
def test_the_same_layers_with_other_weights(make):
    model = make()
    other = keras.models.clone_model(model)
    assert [x.name for x in other.layers] == [x.name for x in model.layers]
    assert not np.array_equal(other.get_weights()[0], model.get_weights()[0])
    other.set_weights(model.get_weights())
    x = np.ones((1, 3))
    np.testing.assert_array_equal(other(x), model(x))


@pytest.mark.parametrize("make", [functional, sequential])
def test_layers_can_be_replaced(make):
    def wider(layer):
        config = layer.get_config()
        if isinstance(layer, layers.Dense):
            config["units"] = 7
        return type(layer).from_config(config)

    assert keras.models.clone_model(make(), clone_function=wider).output_shape == (
        None,
        7,
    )


def test_calls_can_be_replaced_and_inner_models_reached():
    seen = []

    def call(layer, *args, **kwargs):
        seen.append(layer.name)
        return layer(*args, **kwargs)

    keras.models.clone_model(functional(), call_function=call)
    assert seen == ["d"]
    outer = keras.Sequential([keras.Input((3,)), sequential()])
    assert keras.models.clone_model(outer, recursive=True).output_shape == (None, 2)


def test_new_inputs():
    x = keras.Input((3,), name="new")
    assert keras.models.clone_model(functional(), input_tensors=x).input_names == [
        "new"
    ]
    assert keras.models.clone_model(sequential(), input_tensors=x).built


def test_wrong_use():
    with pytest.raises(TypeError, match="needs a model"):
        keras.models.clone_model(layers.Dense(1))
    with pytest.raises(ValueError, match="functional models only"):
        keras.models.clone_model(sequential(), call_function=print)
    with pytest.raises(ValueError, match="no arguments"):
        keras.models.clone_model(sequential(), colour="red")
