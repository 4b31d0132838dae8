"""A fingerprint differs as soon as an object that a step depends on is changed."""

import gc

import numpy as np
import pytest

from kerasish import Variable, layers, losses, optimizers, regularizers
from kerasish.models import Sequential
from kerasish.tracing.state import fingerprint


def network():
    model = Sequential(
        [
            layers.Input((3,)),
            layers.Dense(4, kernel_regularizer=regularizers.L2(0.1)),
            layers.Dropout(0.5),
        ]
    )
    model.compile(optimizers.SGD(0.1), losses.Huber(), metrics=["mae"])
    return model


def test_nothing_changed():
    model = network()
    assert fingerprint(model) == fingerprint(model)


CHANGES = {
    "rate": lambda m: setattr(m.layers[1], "rate", 0.25),
    "activation": lambda m: setattr(m.layers[0], "activation", abs),
    "regularizer": lambda m: setattr(m.layers[0].kernel_regularizer, "l2", 0.3),
    "new_regularizer": lambda m: setattr(
        m.layers[0].kernel, "regularizer", regularizers.L2(0.1)
    ),
    "constraint": lambda m: setattr(m.layers[0].kernel, "constraint", abs),
    "trainable": lambda m: setattr(m, "trainable", False),
    "layer_trainable": lambda m: setattr(m.layers[0], "trainable", False),
    "variable_trainable": lambda m: setattr(m.layers[0].bias, "trainable", False),
    "momentum": lambda m: setattr(m.optimizer, "momentum", 0.9),
    "clipnorm": lambda m: setattr(m.optimizer, "clipnorm", 0.9),
    "optimizer": lambda m: setattr(m, "optimizer", optimizers.SGD(0.1)),
    "pop": lambda m: m.pop(),
    "add": lambda m: m.add(layers.Dense(1)),
    "attribute": lambda m: setattr(m, "factor", 2),
    "deleted": lambda m: delattr(m.layers[0], "activity_regularizer"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_seen(name):
    model = network()
    before = fingerprint(model)
    CHANGES[name](model)
    assert fingerprint(model) != before


UNSEEN = {
    "values": lambda m: m.layers[0].set_weights([np.ones((3, 4)), np.ones(4)]),
    "learning_rate": lambda m: setattr(m.optimizer, "learning_rate", 0.5),
    "stop_training": lambda m: setattr(m, "stop_training", True),
    "call": lambda m: m(np.ones((1, 3), "float32")),
}


@pytest.mark.parametrize("name", UNSEEN)
def test_values_are_no_change(name):
    model = network()
    model.train_on_batch(np.ones((2, 3), "float32"), np.ones((2, 4), "float32"))
    before = fingerprint(model)
    UNSEEN[name](model)
    assert fingerprint(model) == before


def test_a_change_back_is_none():
    model = network()
    before = fingerprint(model)
    model.layers[0].trainable = False
    model.layers[0].trainable = True
    assert fingerprint(model) == before


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ([1, 2], [1, 3]),
        ([1, 2], [1, 2, 3]),
        ([1], (1,)),
        ([1], [1.0]),
        ([1], [True]),
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, {"b": 1}),
        ([None], [0]),
        ({1}, {2}),
    ],
    ids=repr,
)
def test_containers_count_by_their_contents(first, second):
    layer = layers.Dropout(0.5)
    layer.held = first
    made = fingerprint(layer)
    layer.held = type(first)(first)
    assert fingerprint(layer) == made
    layer.held = second
    assert fingerprint(layer) != made
    assert fingerprint([first]) != fingerprint([second])


def test_keys_that_are_objects_count_by_identity():
    key = object()
    assert fingerprint({key: 1}) == fingerprint({key: 1})
    assert fingerprint({key: 1}) != fingerprint({object(): 1})


def test_functions_count_by_identity_though_one_is_gone():
    layer = layers.Dropout(0.5)
    seen = []
    for i in range(50):
        layer.held = lambda x, i=i: x * i
        made = fingerprint(layer)
        assert all(made != other for other in seen)
        seen.append(made)
        layer.held = None
        gc.collect()


def test_a_variable_counts_by_identity():
    v = Variable([1.0])
    before = fingerprint(v)
    v.assign([2.0])
    assert fingerprint(v) == before
    assert fingerprint(Variable([1.0])) != before
    v.trainable = False
    assert fingerprint(v) != before


def test_cycles_end():
    layer = layers.Dropout(0.5)
    layer.held = [layer]
    layer.held.append(layer.held)
    assert fingerprint(layer) == fingerprint(layer)


def test_objects_that_say_so_are_looked_into():
    class Rule:
        _is_recorded = True
        factor = 1

    class Other:
        factor = 1

    layer = layers.Dropout(0.5)
    for kind, seen in ((Rule, True), (Other, False)):
        layer.held = kind()
        before = fingerprint(layer)
        layer.held.factor = 2
        assert (fingerprint(layer) != before) is seen


def test_another_thread_may_set_an_attribute_meanwhile():
    layer = layers.Dropout(0.5)

    class Name(str):
        """A name during whose comparison another thread comes by."""

        __slots__ = ()

        def __hash__(self):
            if vars(layer).get("ready"):
                layer.new = 1
            return hash(str(self))

    vars(layer)[Name("held")] = 2
    layer.ready = True
    before = fingerprint(layer)
    assert layer.new == 1
    assert fingerprint(layer) != before
