"""Algebra drops what changes nothing, and only that: bit for bit."""

import numpy as np
import pytest

from kerasish import ops
from kerasish.ops import guards
from kerasish.tracing.graph import Graph
from kerasish.tracing.passes.algebra import simplify
from tests.kerasish.tracing.graphs import (
    constant,
    input_value,
    interpret,
    names,
    node,
    record,
)

# What a rule that is almost right would change.
HARD = np.array([0.0, -0.0, 1.5, -1.5, np.inf, -np.inf, np.nan], "float32")


def bits(x):
    return np.asarray(x).tobytes()


def simplified(fn, *arrays):
    """Returns the simplified graph of a function, after a check that it computes the
    same bits."""
    graph, outputs = record(fn, *arrays)
    simplify(graph)
    found, _ = interpret(graph, *arrays)
    assert [bits(x) for x in found] == [bits(x) for x in outputs]
    return graph


def binary(name, x, y):
    made = node(name, x, y, shape=np.broadcast_shapes(x.shape, y.shape))
    given = [v for v in (x, y) if v.kind == "input"]
    return Graph(given, [made], [made.output])


@pytest.mark.parametrize(
    "fn",
    [
        lambda x: x * 1,
        lambda x: 1.0 * x,
        lambda x: x / 1.0,
        lambda x: x - 0.0,
        lambda x: x + -0.0,
        lambda x: -0.0 + x,
        lambda x: ops.transpose(x, (0, 1)),
        lambda x: ops.transpose(ops.transpose(x)),
        lambda x: ops.reshape(x, (7, 1)),
        lambda x: ops.reshape(ops.reshape(x, (7,)), (7, 1)),
        lambda x: ops.broadcast_to(x, (7, 1)),
        lambda x: ops.stop_gradient(x),
        lambda x: x * 1 - 0.0,
    ],
    ids=[
        *("times_one", "one_times", "over_one", "minus_zero", "plus_minus_zero"),
        *("minus_zero_plus", "same_axes", "two_transposes", "same_shape"),
        *("two_reshapes", "same_broadcast", "stopped", "two_rules"),
    ],
)
def test_nodes_without_effect_go(fn):
    graph = simplified(fn, HARD.reshape(7, 1))
    assert graph.outputs == graph.inputs


@pytest.mark.parametrize("name", ["sum", "mean", "_max", "_min"])
def test_a_reduction_of_a_scalar_goes(name):
    x = input_value()
    made = node(name, x, axis=None, keepdims=False)
    graph = Graph([x], [made], [made.output])
    simplify(graph)
    assert graph.outputs == [x]


def test_a_cast_to_the_same_dtype_goes_and_to_another_stays():
    x = input_value(2)
    same = node("cast_to", x, dtype="float32")
    same.static = {"dtype": "float32"}
    other = node("cast_to", x, dtype="float64")
    other.static = {"dtype": "float64"}
    graph = Graph([x], [same, other], [same.output, other.output])
    simplify(graph)
    assert graph.nodes == [other]
    assert graph.outputs == [x, other.output]


@pytest.mark.parametrize(
    "fn",
    [
        lambda x: x + 0.0,  # of -0.0 it is 0.0
        lambda x: 0.0 + x,
        lambda x: x - -0.0,
        lambda x: 0.0 - x,
        lambda x: 1.0 / x,
        lambda x: x * 0.0,  # of nan and infinities it is nan
        lambda x: x * -1.0,
        lambda x: x - x,
        lambda x: x / x,
        lambda x: ops.transpose(x, (1, 0)),
    ],
    ids=[
        *("plus_zero", "zero_plus", "minus_minus_zero", "zero_minus", "one_over"),
        *("times_zero", "times_minus_one", "minus_itself", "over_itself", "transpose"),
    ],
)
def test_nodes_with_an_effect_stay(fn):
    graph = simplified(fn, HARD.reshape(7, 1))
    assert len(graph.nodes) == 1


def test_an_operand_that_widens_the_shape_stays():
    graph = simplified(lambda x: x * np.ones((3, 1), "float32"), HARD[:1])
    assert names(graph) == ["multiply"]


@pytest.mark.parametrize("name", ["multiply", "divide"])
def test_a_one_of_several_elements_stays(name):
    graph = binary(name, input_value(2), constant([1, 1]))
    simplify(graph)
    assert names(graph) == [name]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32"])
def test_dtypes_that_change_stay(dtype):
    x = input_value(2, dtype="int32")
    made = node("divide", x, constant(1, "int32"), dtype="float32")
    graph = Graph([x], [made], [made.output])
    simplify(graph)
    assert names(graph) == ["divide"]
    graph = simplified(lambda x: ops.cast(ops.cast(x, "int8"), dtype), HARD[:3])
    assert names(graph) == ["cast_to", "cast_to"]


def test_an_integer_zero_has_no_sign():
    graph = binary("add", input_value(2, dtype="int32"), constant(0, "int32"))
    simplify(graph)
    assert graph.outputs == graph.inputs


def test_a_complex_zero_stays():
    x = input_value(2, dtype="complex64")
    graph = binary("subtract", x, constant(0, "complex64"))
    simplify(graph)
    assert names(graph) == ["subtract"]


def test_bfloat16_knows_its_one():
    x = ops.cast(HARD, "bfloat16")
    graph = simplified(lambda x: x * 1, x._array)
    assert graph.outputs == graph.inputs


def test_chains_of_reshapes_read_the_first():
    x = np.arange(24, dtype="float32").reshape(2, 3, 4)
    graph = simplified(
        lambda x: ops.reshape(ops.reshape(ops.reshape(x, (6, 4)), (24,)), (4, 6)), x
    )
    assert graph.nodes[-1].inputs == (graph.inputs[0],)


def test_chains_of_transposes_become_one():
    x = np.arange(24, dtype="float32").reshape(2, 3, 4)
    graph = simplified(
        lambda x: ops.transpose(ops.transpose(x, (1, 2, 0)), (1, 0, 2)), x
    )
    assert graph.nodes[-1].inputs == (graph.inputs[0],)
    assert graph.nodes[-1].static == {"axes": (2, 1, 0)}


def test_the_gradient_of_a_matrix_product_needs_no_transpose_twice():
    def fn(x, w):
        return ops.matmul(ops.transpose(ops.transpose(x)), ops.transpose(w))

    graph = simplified(fn, np.ones((2, 3), "float32"), np.ones((4, 3), "float32"))
    assert graph.nodes[-1].inputs[0] is graph.inputs[0]


def test_readers_of_what_went_read_its_source():
    graph = simplified(lambda x: ops.exp((x * 1.0) + -0.0), HARD)
    assert names(graph) == ["exp"]
    assert graph.nodes[0].inputs == (graph.inputs[0],)


@pytest.mark.parametrize(
    ("low", "high", "kept"),
    [(0, 4, 0), (2, 3, 0), (-1, 4, 1), (0, 5, 1)],
)
def test_indices_that_are_in_range_count_from_the_start(low, high, kept):
    table, indices = np.arange(5.0), np.array([3, 2, 3])

    def fn(x, i):
        return ops.take(x, guards.in_range(i, low=low, high=high, what="Ids"), axis=0)

    assert names(simplified(fn, table, indices)).count("_from_start") == kept


@pytest.mark.parametrize("dtype", ["float16", "float64"])
def test_parts_are_taken_before_they_are_cast_to_a_wider_dtype(dtype):
    x = np.arange(12.0, dtype=dtype).reshape(4, 3)
    order = names(simplified(lambda x: ops.cast(x, "float32")[:1], x))
    first = "cast_to" if dtype == "float64" else "_get_item"
    assert order[-2:] == sorted(["cast_to", "_get_item"], key=lambda n: n != first)
