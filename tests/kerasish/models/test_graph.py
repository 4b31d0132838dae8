"""The graph behind a functional model."""

import pytest

import kerasish as keras
from kerasish import layers
from kerasish.models.graph import Graph


def test_operations_stand_in_the_order_of_keras():
    a = keras.Input((2,), name="a")
    long = layers.Dense(2, name="l2")(layers.Dense(2, name="l1")(a))
    short = layers.Dense(2, name="s1")(a)
    y = layers.Add(name="y")([short, long])
    names = [operation.name for operation in Graph(a, y).operations]
    # Keras 3.15.1: by distance from the output, then as met from it.
    assert names == ["a", "l1", "s1", "l2", "y"]


def test_values_run_through():
    a = keras.Input((2,))
    graph = Graph([a], {"twice": a * 2.0})
    found = graph.run([3.0], lambda operation, args, kwargs: args[0] * args[1])
    assert found == {"twice": 6.0}


def test_a_missing_input():
    a, b = keras.Input((2,)), keras.Input((2,))
    with pytest.raises(ValueError, match="not connected"):
        Graph(a, a + b)
    with pytest.raises(ValueError, match="comes from no layer"):
        Graph(a, keras.KerasTensor((2,)))
