"""Paths in weights files: expected ones are those that Keras 3.15.1 writes."""

import pytest

from kerasish.core.registry import Serializable
from kerasish.layers.base import Layer
from kerasish.saving.walk import is_saveable, walk


class Dense(Layer):
    """Stands for a layer with weights."""


class Dropout(Layer):
    """Stands for one without."""


class Inner(Layer):
    """Plain, private, property and container attributes."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.d2 = Dense()
        self._p = Dense(name="private")
        self.lst = [Dense(), [Dense()], {"k": Dense()}]
        self.drop = Dropout()
        self.empty = []
        self.zz = Dense()

    @property
    def pub(self):
        return self._p

    @property
    def fails(self):
        raise RuntimeError("not ready")


class Optimizer:
    """Stands for an optimizer."""

    name = "sgd"

    def save_own_variables(self, store):
        """Marks it as one with state."""


class Model(Layer):
    """Stands for a model: a layer with `layers` and an optimizer."""

    layers = property(lambda self: self._layers)


def paths(obj):
    return [path for path, _ in walk(obj)]


def test_a_layer_as_keras_walks_it():
    assert paths(Inner()) == [
        "",
        "d2",
        "drop",
        "lst/dense",
        "lst/container/dense",
        "lst/container_1/dense",
        "pub",
        "zz",
    ]


def test_a_model_as_keras_walks_it():
    model = Model()
    model.a_dense = Dense()
    model.z_dense = Dense()
    model._p_dense = Dense()
    model.inner = Inner()
    model.tup = (Dense(),)
    model.dd = {"b": Dense(name="first"), "a": Dense()}
    model.same = model.a_dense
    model.nested = {"x": [Dense()], "y": (Dense(),)}
    model.opt = Optimizer()
    found = dict(walk(model))
    assert [p for p in found if not p.startswith("inner/")] == [
        "",
        "a_dense",
        "dd/dense",
        "dd/dense_1",
        "inner",
        "layers/dense_1",
        "layers/dense_2",
        "layers/dense_3",
        "layers/dense_6",
        "layers/dense_7",
        "opt",
    ]
    assert found["dd/dense"].name == "first"
    assert found["layers/dense_1"] is model.z_dense


def test_containers_are_numbered_with_what_they_hold_unseen():
    class Odd(Layer):
        pass

    odd = Odd()
    one, two, three, four = (Dense() for _ in range(4))
    odd.aa = [[1, 2], "x", [one], (3,), {"q": 4}, [two]]
    odd.bb = [one, three]
    odd.Z = [[one], [four]]
    odd._priv = [Dense()]
    assert paths(odd) == [
        "",
        "Z/container/dense",
        "Z/container_1/dense",
        "aa/container_4/dense",
        "bb/dense_1",
        "_priv/dense",
    ]


def test_a_class_may_name_attributes_to_leave_out():
    class Sequence(Model):
        _unsaved = frozenset({"_stack"})
        _untracked = frozenset({"optimizer", "other"})
        layers = property(lambda self: self._stack[1:])

    sequence = Sequence()
    sequence._stack = [Dropout(), Dense()]
    sequence.optimizer = sequence.other = Optimizer()
    assert paths(sequence) == ["", "layers/dense", "optimizer"]


def test_an_object_that_holds_itself_through_another_ends():
    outer, inner = Dense(), Dense()
    outer.inner = inner
    inner.outer = outer
    assert paths(outer) == ["", "inner"]


def test_layers_of_a_class_and_objects_without_dict():
    class Shared(Layer):
        head = Dense()
        table = {"a": Dense()}  # noqa: RUF012

    assert paths(Shared()) == ["", "head", "table/dense"]

    class Slots(Optimizer):
        __slots__ = ()

    assert paths(Slots()) == [""]


@pytest.mark.parametrize("value", [3, None, [], "x", Serializable(), Optimizer])
def test_what_has_no_weights(value):
    assert not is_saveable(value)
