"""Functions from symbolic inputs to symbolic outputs."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers, ops
from kerasish.models import Function, get_source_inputs


class Times(keras.Operation):
    """An operation of a user."""

    def __init__(self, factor=2.0, name=None):
        super().__init__(name=name)
        self.factor = factor

    def call(self, x):
        return x * self.factor

    def compute_output_spec(self, x):
        return keras.KerasTensor(x.shape, x.dtype)


def test_a_function_computes():
    a, b = keras.Input((3,), name="a"), keras.Input((3,), name="b")
    f = Function([a, b], {"sum": a + b, "both": ops.concatenate([a, b], -1)}, name="f")
    x, y = np.arange(3.0).reshape(1, 3), np.ones((1, 3))
    found = f([x, y])
    np.testing.assert_array_equal(found["sum"], x + y)
    np.testing.assert_array_equal(found["both"], np.concatenate([x, y], -1))
    assert f.name == "f" and f.inputs == [a, b] and len(f.outputs) == 2
    assert {o.name for o in f.operations} >= {"a", "b"}
    shapes = f.compute_output_shape([(5, 3), (5, 3)])
    assert shapes == {"sum": (5, 3), "both": (5, 6)}


def test_a_function_may_begin_in_the_middle():
    x = keras.Input((2,))
    hidden = layers.Dense(3)(x)
    f = keras.Function(hidden, ops.exp(hidden))
    np.testing.assert_allclose(f(np.zeros((1, 3))), np.ones((1, 3)))
    assert f(keras.Input((3,))).shape == (None, 3)
    with pytest.raises(ValueError, match="takes 1 inputs. Received: 2"):
        f([np.ones((1, 3)), np.ones((1, 3))])
    with pytest.raises(
        ValueError, match=r"has the shape \(None, 3\). Received: \(1, 2"
    ):
        f(np.ones((1, 2)))
    with pytest.raises(TypeError, match="`inputs` of `Function` must be symbolic"):
        Function(np.ones(2), x)
    with pytest.raises(ValueError, match="`inputs` not connected to `outputs`"):
        Function(hidden, x)


def test_operations_of_a_user_stand_in_models():
    times = Times(3.0, name="times")
    np.testing.assert_array_equal(times(np.ones(2)), [3.0, 3.0])
    x = keras.Input((2,))
    model = keras.Model(x, times(x))
    np.testing.assert_array_equal(model(np.ones((1, 2))), [[3.0, 3.0]])
    assert times.get_config() == {"name": "times"}
    assert Times.from_config({"name": "again"}).name == "again"
    with pytest.raises(NotImplementedError, match="`Bare` must define `call`"):

        class Bare(keras.Operation):
            pass

        Bare()(1.0)


def test_source_inputs():
    a, b, c = (keras.Input((2,), name=n) for n in "abc")
    assert get_source_inputs(layers.Dense(1)(a + b * a)) == [a, b]
    assert keras.utils.get_source_inputs(c) == [c]
    with pytest.raises(TypeError, match="`tensor` of `get_source_inputs`"):
        get_source_inputs(np.ones(2))
