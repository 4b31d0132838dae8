"""Models of the library's classes alone are told from those with code of others."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers
from kerasish.tracing.own_code import is_own_code


def stacked(*more):
    return keras.Sequential([keras.Input((4,)), layers.Dense(3, "relu"), *more])


def compiled(**changes):
    model = stacked(layers.BatchNormalization(), layers.Dropout(0.5))
    arguments = {"optimizer": "adam", "loss": "mse", "metrics": ["mae"], **changes}
    model.compile(**arguments)
    return model


def test_the_library_alone():
    x = keras.Input((4,))
    functional = keras.Model(x, layers.Add()([x, layers.Dense(4)(x)]))
    assert is_own_code(stacked(), functional, compiled())
    model = compiled(optimizer=keras.optimizers.SGD(0.1, clipnorm=1.0))
    model.fit(np.ones((4, 4)), np.ones((4, 3)), verbose=0)
    assert is_own_code(model)


class Twice(layers.Layer):
    def call(self, inputs):
        return inputs * 2


class Shrinking(keras.constraints.Constraint):
    def __call__(self, w):
        return w * 0.9


def squares(y_true, y_pred):
    return (y_true - y_pred) ** 2


class Called:
    def __call__(self, y_true, y_pred):
        return squares(y_true, y_pred)


FOREIGN = {
    "layer": lambda: stacked(Twice()),
    "nested layer": lambda: stacked(keras.Sequential([Twice()])),
    "lambda": lambda: stacked(layers.Lambda(lambda x: x + 1)),
    "activation": lambda: stacked(layers.Dense(2, activation=lambda x: x)),
    "initializer": lambda: layers.Dense(2, kernel_initializer=lambda *a, **k: 0),
    "constraint": lambda: layers.Dense(2, kernel_constraint=Shrinking()),
    "loss": lambda: compiled(loss=squares),
    "called object": lambda: compiled(loss=Called()),
    "metric": lambda: compiled(metrics=[squares]),
    "partial": lambda: stacked(layers.Dense(2, activation=np.tanh)),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_code_of_others_is_found(name):
    assert not is_own_code(FOREIGN[name]())


def test_bound_methods_stand_for_their_object():
    layer, own = Twice(), layers.Dense(2)
    assert not is_own_code([layer.call])
    assert is_own_code({"f": own.call})
