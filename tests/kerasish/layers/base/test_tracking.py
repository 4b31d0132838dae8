"""Which weights and layers belong to a layer, and in which order."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers


class Box(layers.Layer):
    def __init__(self):
        super().__init__()
        self.first = layers.Dense(1)
        self.rest = [layers.Dense(2), {"x": (layers.Dense(3),)}]
        self.noise = layers.Dropout(0.5, seed=1)
        self.score = keras.metrics.Mean(name="score")

    def call(self, x):
        return self.rest[1]["x"][0](self.rest[0](self.first(x)))


def box():
    made = Box()
    made(np.ones((1, 2)))
    return made


def test_containers_are_looked_through_in_order():
    assert [w.shape for w in box().weights[::2]] == [(2, 1), (1, 2), (2, 3)]


def test_seeds_and_metrics_are_no_weights():
    made = box()
    assert len(made.variables) == 7 and len(made.weights) == 6
    assert [m.name for m in made.metrics] == ["score"]
    assert len(made.metrics_variables) == 2


def test_layers_can_be_appended_and_shared():
    made = box()
    made.rest.append(made.first)
    assert len(made.weights) == 6
    made.rest.append(layers.Dense(1))
    made.rest[-1](np.ones((1, 1)))
    assert len(made.weights) == 8


def test_freezing_reaches_inside_and_back():
    made = box()
    norm = layers.BatchNormalization()
    norm(np.ones((2, 2)))
    made.norm = norm
    made.trainable = False
    assert made.trainable_weights == [] and len(made.non_trainable_weights) == 10
    made.trainable = True
    assert len(made.trainable_weights) == 8  # the moving averages stay as they were
    assert made.count_params() == 3 + 4 + 9 + 8


def test_metrics_are_not_added_to_layers():
    with pytest.raises(NotImplementedError, match="`add_metric` of `Dense` is gone"):
        layers.Dense(1).add_metric(None)


def test_weights_by_position():
    class Scale(layers.Layer):
        def build(self, input_shape):
            self.scale = self.add_variable(
                (1,), "ones", None, True, True, None, "non_neg", "factor"
            )

        def call(self, x):
            return x * self.scale

    layer = Scale()
    np.testing.assert_array_equal(layer(np.ones((1, 1))), [[1.0]])
    assert layer.scale.name == "factor" and layer.scale.constraint is not None


def test_another_thread_may_set_an_attribute_meanwhile():
    made = box()
    found = made._attributes(layers.Layer)
    first = next(found)
    made.history = []  # as `fit` does
    assert [first, *found] == made._layers


def test_another_thread_may_fill_a_dict_meanwhile():
    made = box()
    made.rest = {"a": layers.Dense(1), "b": layers.Dense(1)}
    found = made._attributes(layers.Layer)
    before = [next(found), next(found)]
    made.rest["c"] = layers.Dense(1)
    assert [*before, *found] == [x for x in made._layers if x is not made.rest["c"]]
