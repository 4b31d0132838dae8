"""Models as Python objects: subclasses, copies, pickles, look-ups."""

import copy
import gc
import pickle
import weakref

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers


class Net(keras.Model):
    def __init__(self, units=3):
        super().__init__()
        self.units = units
        self.blocks = [layers.Dense(units), layers.Dense(1)]

    def call(self, x):
        for block in self.blocks:
            x = block(x)
        return x

    def get_config(self):
        return {"units": self.units}


def small():
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.ones((4, 2)), np.ones(4), verbose=0)
    return model


@pytest.mark.parametrize(
    "again", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))]
)
def test_copies_train_on_alike(again):
    model = small()
    other = again(model)
    x, y = np.ones((4, 2)), np.zeros(4)
    assert other.train_on_batch(x, y) == pytest.approx(model.train_on_batch(x, y))
    np.testing.assert_allclose(other.get_weights()[0], model.get_weights()[0])


def test_a_subclass():
    model = Net()
    assert model(np.ones((2, 4))).shape == (2, 1)
    assert len(model.weights) == 4
    model.blocks[0].trainable = False
    assert len(model.trainable_weights) == 2


def test_layers_are_found():
    model = small()
    assert model.get_layer(index=0) is model.get_layer(model.layers[0].name)
    with pytest.raises(ValueError, match="No such layer: 'x'"):
        model.get_layer("x")
    with pytest.raises(ValueError, match="no layer 5"):
        model.get_layer(index=5)
    with pytest.raises(ValueError, match="a name or an index"):
        model.get_layer()
    with pytest.raises(AttributeError, match="reserved"):
        Net().layers = []


def test_a_deleted_model_is_freed():
    model = small()
    alive = weakref.ref(model)
    del model
    gc.collect()
    assert alive() is None


def test_weights_of_the_wrong_number_or_shape():
    model = small()
    with pytest.raises(ValueError, match="needs 2 arrays"):
        model.set_weights([np.ones((2, 1))])
    with pytest.raises(ValueError, match="has the shape"):
        model.set_weights([np.ones((1, 2)), np.ones(1)])


def test_wrong_arguments():
    with pytest.raises(ValueError, match="symbolic `inputs` and `outputs`"):
        keras.Model(np.ones(3))
    with pytest.raises(NotImplementedError, match="does not have a `call"):
        keras.Model()(np.ones((1, 2)))
    assert '"Sequential"' in small().to_json()


def test_compile_arguments_are_given_back_as_objects():
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    assert model.compile_arguments == {}
    model.compile("sgd", "mae", metrics=["mse"])
    given = model.compile_arguments
    assert (given["optimizer"], given["loss"]) == ("sgd", "mae")
    given["loss"] = "mse"
    assert model.compile_arguments["loss"] == "mae"
