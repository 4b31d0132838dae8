"""Functional models: structures, shared layers, errors."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers


def two():
    a, b = keras.Input((3,), name="a"), keras.Input((2,), name="b")
    joined = layers.concatenate([a, b])
    return {"a": a, "b": b}, {"s": layers.Dense(1, name="s")(joined), "j": joined}


def test_dicts_go_in_and_out():
    model = keras.Model(*two())
    x = {"a": np.ones((4, 3)), "b": np.zeros((4, 2))}
    found = model.predict(x, verbose=0)
    assert found["s"].shape == (4, 1)
    assert found["j"].tolist() == [[1.0, 1.0, 1.0, 0.0, 0.0]] * 4
    assert model.output_shape == {"s": (None, 1), "j": (None, 5)}
    with pytest.raises(ValueError, match="Missing: .'b'."):
        model({"a": x["a"]})


def test_a_shared_layer_has_one_set_of_weights():
    shared = layers.Dense(2)
    a, b = keras.Input((3,)), keras.Input((3,))
    model = keras.Model([a, b], layers.add([shared(a), shared(b)]))
    assert len(model.weights) == 2
    x = np.ones((1, 3))
    np.testing.assert_allclose(model([x, x]), 2 * np.asarray(shared(x)))


def test_intermediate_tensors_are_inputs_and_outputs():
    x = keras.Input((3,))
    h = layers.Dense(4, name="h")(x)
    y = layers.Dense(2, name="y")(h)
    model = keras.Model(x, y)
    head = keras.Model(h, y)
    features = keras.Model(model.inputs, model.get_layer("h").output)
    data = np.ones((2, 3), "float32")
    np.testing.assert_allclose(head(features(data)), model(data), rtol=1e-6)


def test_a_nested_model_is_a_layer():
    inner = keras.Sequential([keras.Input((3,)), layers.Dense(2)])
    x = keras.Input((3,))
    model = keras.Model(x, layers.Dense(1)(inner(x)))
    assert len(model.weights) == 4 and inner in model.layers


def test_wrong_graphs():
    x, other = keras.Input((3,)), keras.Input((3,))
    y = layers.Dense(1)(x)
    with pytest.raises(ValueError, match="not connected"):
        keras.Model(other, y)
    with pytest.raises(TypeError, match="must be symbolic tensors"):
        keras.Model(x, np.ones(3))
    with pytest.raises(ValueError, match="must differ"):
        keras.Model([x, x], y)
    with pytest.raises(ValueError, match="used twice"):
        keras.Model(x, layers.Dense(1, name="n")(layers.Dense(1, name="n")(x)))


def test_wrong_inputs():
    x = keras.Input((3,))
    model = keras.Model(x, layers.Dense(1)(x))
    with pytest.raises(ValueError, match="expected"):
        model(np.ones((2, 4)))
    with pytest.raises(ValueError, match="expects 1 input"):
        model([np.ones((2, 3)), np.ones((2, 3))])
