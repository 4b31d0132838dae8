"""Variables: construction, assignment, reading, scopes."""

import copy
import pickle

import numpy as np
import pytest

from kerasish import ops
from kerasish.autodiff import (
    KerasTensor,
    StatelessScope,
    Variable,
    autocast_scope,
    symbolic_scope,
)
from kerasish.core.errors import ArgumentError, ArgumentTypeError, ShapeError
from kerasish.core.naming import name_scope


def test_from_a_value():
    v = Variable([1.0, 2.0], name="v")
    assert (v.shape, v.dtype, v.ndim, v.size, len(v)) == ((2,), "float32", 1, 2, 2)
    assert (v.name, v.path, v.trainable) == ("v", "v", True)
    assert v.numpy().tolist() == [1, 2]
    assert Variable(np.ones(2)).dtype == "float32"
    assert Variable(np.ones(2), dtype="float64").dtype == "float64"
    assert Variable([1, 2]).dtype == "int32"
    assert Variable(1.0).name == "variable_3"


def test_from_an_initializer():
    made = Variable(lambda shape, dtype: np.full(shape, 3, dtype), shape=(2,), name="w")
    assert made.numpy().tolist() == [3, 3]
    assert Variable(ops.ones, shape=2, dtype="float16").dtype == "float16"


@pytest.mark.parametrize(
    "arguments, error, message",
    [
        (
            {"name": "a/b"},
            ArgumentError,
            "`name` must be a string without '/'. Received",
        ),
        ({"name": 3}, ArgumentError, "`name` must be a string .* Received: name=3"),
        ({"aggregation": "median"}, ArgumentError, "`aggregation` must be one of"),
        (
            {"synchronization": "never"},
            ArgumentError,
            "`synchronization` must be one of",
        ),
        ({"shape": (3,)}, ShapeError, r"must have the shape \(3,\). Received: \(2,\)"),
        ({"initializer": ops.ones}, ArgumentError, "`shape` is needed where `initia"),
        (
            {"initializer": ops.ones, "shape": (None, 2)},
            ShapeError,
            "tuple of known sizes that are not negative",
        ),
        (
            {"initializer": ops.ones, "shape": (-1,)},
            ShapeError,
            r"Received: shape=\(-1",
        ),
        (
            {"initializer": lambda shape, dtype: np.ones(3, dtype), "shape": (2,)},
            ShapeError,
            r"must return the shape \(2,\). Received: \(3,\)",
        ),
        ({"unknown": 1}, ArgumentError, r"`Variable` has no arguments \['unknown'\]"),
        ({"layout": "x"}, ArgumentError, r"`Variable` has no arguments \['layout'\]"),
    ],
)
def test_bad_arguments(arguments, error, message):
    with pytest.raises(error, match=message):
        Variable(**{"initializer": [1.0, 2.0], **arguments})


def test_not_made_while_shapes_are_inferred():
    with (
        symbolic_scope(),
        pytest.raises(ArgumentError, match="Make variables in `__in"),
    ):
        Variable(1.0)


def test_assignment():
    v = Variable([1.0, 2.0], name="v")
    before = v.value
    assert v.assign([3, 4]) is v
    assert v.numpy().tolist() == [3, 4]
    assert before.tolist() == [1, 2]
    assert v.assign_add(1.0).numpy().tolist() == [4, 5]
    assert v.assign_sub([1.0, 2.0]).numpy().tolist() == [3, 3]
    v.assign(np.ones(2))
    assert v.dtype == "float32"
    with pytest.raises(
        ShapeError, match=r"'v' must have its shape \(2,\). Received: \(\)"
    ):
        v.assign(1.0)
    with pytest.raises(ArgumentTypeError, match="cannot be assigned to variable 'v'"):
        v.assign(KerasTensor((2,)))


def test_nothing_is_assigned_while_shapes_are_inferred():
    v = Variable(1.0)
    with symbolic_scope():
        v.assign(2.0)
    assert float(v) == 1


def test_paths():
    with name_scope("outer"), name_scope("inner"):
        v = Variable(1.0, name="v")
    assert v.path == "outer/inner/v"
    v.path = "other/v"
    assert v.path == "other/v"


def test_autocast():
    v = Variable([1.5, 2.0])
    fixed = Variable([1.5], autocast=False)
    count = Variable([1, 2])
    with autocast_scope("float16"):
        assert (v.dtype, v.value.dtype) == ("float16", "float16")
        assert fixed.value.dtype == "float32"
        assert (count.dtype, count.value.dtype) == ("int32", "int32")
        assert ops.add(v, v).dtype == "float16"
    assert v.dtype == v.value.dtype == "float32"


def test_behaves_as_a_number():
    v = Variable(2.0)
    assert (float(v), int(v), bool(v), f"{v:.1f}") == (2.0, 2, True, "2.0")
    assert (v + 1).item() == 3
    assert (1 - v).item() == -1
    assert np.add(v, 1).item() == 3
    assert np.asarray(Variable([1.0])).tolist() == [1]
    assert Variable([1.0, 2.0])[1].item() == 2
    assert (v == 2).item() is True
    assert len({v, Variable(2.0)}) == 2


def test_settings():
    v = Variable(1.0)
    v.trainable = False
    assert v.trainable is False
    v.regularizer = ops.square
    v.constraint = ops.abs
    assert (v.regularizer, v.constraint) == (ops.square, ops.abs)
    v.regularizer = None
    with pytest.raises(
        ArgumentError, match="`regularizer` .* callable or None. Rec.*3"
    ):
        v.regularizer = 3
    with pytest.raises(ArgumentError, match="`constraint` of a variable must be call"):
        v.constraint = "x"


def test_copies():
    v = Variable([1.0, 2.0], name="v", trainable=False)
    twin = copy.deepcopy(v)
    twin.assign([5.0, 6.0])
    assert v.numpy().tolist() == [1, 2]
    assert (twin.name, twin.trainable) == ("v", False)
    loaded = pickle.loads(pickle.dumps(v))
    assert loaded.numpy().tolist() == [1, 2]
    loaded.assign_add(1.0)
    shared = copy.deepcopy([v, v])
    assert shared[0] is shared[1]


def test_shown():
    text = repr(Variable([1.0], name="v"))
    assert text == "<Variable path=v, shape=(1,), dtype=float32, value=[1.]>"


def test_values_in_a_stateless_scope():
    v = Variable(1.0)
    with StatelessScope([(v, 4.0)]):
        assert float(v.value) == 4
    assert float(v) == 1
