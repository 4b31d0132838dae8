"""Small models and data that the tests of wrong inputs begin with."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers

__all__ = ["H", "L", "X", "Y", "case", "classifier", "fit", "regressor", "two", "with_"]

# Eight samples: inputs, targets to regress, classes as numbers and one-hot.
X = np.random.default_rng(0).normal(size=(8, 4)).astype("float32")
Y = X[:, :1].copy()
L = np.arange(8) % 3
H = np.eye(3, dtype="float32")[L]


def regressor(units=1, loss="mse", activation=None, **compiling):
    """Returns a compiled model of one layer, 'out', on four features."""
    out = layers.Dense(units, activation=activation, name="out")
    model = keras.Sequential([layers.Input((4,)), out])
    model.compile("sgd", loss, **compiling)
    return model


def classifier(loss="sparse_categorical_crossentropy", activation="softmax", **kwargs):
    """Returns a compiled model of three classes on four features."""
    return regressor(3, loss, activation, **kwargs)


def two():
    """Returns a model of the inputs 'a' and 'b' and the outputs 'p' and 'q'."""
    a, b = (layers.Input((4,), name=name) for name in "ab")
    p = layers.Dense(1, name="p")(layers.Concatenate()([a, b]))
    model = keras.Model([a, b], [p, layers.Dense(1, name="q")(a)])
    model.compile("sgd", "mse")
    return model


def fit(model, x=X, y=Y, **kwargs):
    """Fits in silence."""
    return model.fit(x, y, verbose=0, **kwargs)


def with_(array, value, row=5):
    """Returns a copy of an array with another value at the start of a row."""
    array = array.copy()
    array[(row, *[0] * (array.ndim - 1))] = value
    return array


def case(name, action, error, match):
    """Returns a row of a table: what is done, and the error that must answer."""
    return pytest.param(action, error, match, id=name)
