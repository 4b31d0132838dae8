"""Graphs: values and nodes, copies, counts of uses, replacement, and the print-out."""

import numpy as np
import pytest

from kerasish import Variable, ops
from kerasish.tracing.graph import Graph, Node, Value
from tests.kerasish.tracing.graphs import constant, input_value, interpret, node, record


@pytest.mark.parametrize(
    ("dtype", "nbytes"),
    [("float32", 24), ("bfloat16", 12), ("bool", 6), ("int64", 48), ("complex64", 48)],
)
def test_a_value_knows_its_size(dtype, nbytes):
    value = Value((2, 3), dtype, "node")
    assert value.size == 6
    assert value.nbytes == nbytes
    assert repr(value) == f"<node {dtype}[2, 3]>"


def test_a_scalar_has_one_element():
    assert Value((), "float32", "input").size == 1


def test_a_node_is_the_producer_of_its_outputs():
    x = input_value(2)
    made = node("exp", x)
    assert made.name == "exp"
    assert made.output.producer is made
    assert x.producer is None
    assert repr(made) == "<node exp [<input float32[2]>] -> [<node float32[2]>]>"


def test_a_copy_shares_sources_and_nothing_else():
    v = Variable([1.0, 2.0])

    def fn(x):
        v.assign(v * x)
        return ops.top_k(x * 2.0, 1)

    array = np.array([3.0, 4.0], "float32")
    graph, _ = record(fn, array)
    made = graph.copy()
    assert str(made) == str(graph)
    old, new = ({id(x) for x in g.values()} for g in (graph, made))
    assert not old & new
    assert not {id(n) for n in graph.nodes} & {id(n) for n in made.nodes}
    sources = [
        {id(x.source) for x in g.values() if x.source is not None}
        for g in (graph, made)
    ]
    assert sources[0] == sources[1]
    made.nodes.pop()
    found, updates = interpret(graph, array)
    assert found[0].tolist() == [8.0]
    assert updates[0].tolist() == [3.0, 8.0]


def test_values_come_once_in_the_order_they_are_met():
    x, unused = input_value(2), input_value(3)
    first = node("exp", x)
    second = node("add", first.output, x)
    graph = Graph([x, unused], [first, second], [second.output, x])
    assert graph.values() == [x, unused, first.output, second.output]


def test_results_are_outputs_and_updates():
    x = input_value(2)
    first, second = node("exp", x), node("tanh", x)
    graph = Graph([x], [first, second], [first.output], [("v", second.output)])
    assert list(graph.results()) == [first.output, second.output]


def test_uses_count_reads_and_results():
    x = input_value(2)
    first = node("multiply", x, x)
    graph = Graph([x], [first], [first.output, first.output], [("v", x)])
    assert graph.uses() == {id(x): 3, id(first.output): 2}


def test_variables_read_or_assigned_come_once():
    a, b, c = Variable(1.0), Variable(2.0), Variable(3.0)

    def fn(x):
        a.assign(a + b)
        c.assign(x)
        return x

    graph, _ = record(fn, np.float32(1))
    assert graph.variables() == [a, b, c]


def test_replacement_follows_chains():
    x, y, z = input_value(2), input_value(2), input_value(2)
    made = node("exp", x)
    graph = Graph([x, y, z], [made], [x, made.output], [("v", y)])
    graph.replace({id(x): y, id(y): z})
    assert made.inputs == (z,)
    assert graph.outputs == [z, made.output]
    assert graph.updates == [("v", z)]
    graph.replace({})
    assert graph.outputs == [z, made.output]


def test_the_print_out_has_a_line_for_each_node():
    v = Variable([1.0, 2.0], name="total")

    def fn(x):
        y = ops.sum(x * 2.0, axis=1)
        v.assign(v + y)
        return y

    graph, _ = record(fn, np.ones((2, 3), "float32"))
    assert str(graph).splitlines() == [
        "%2: float32[2, 3] = multiply(%0, 2.0)",
        "%3: float32[2] = sum(%2, axis=1, keepdims=False)",
        "%5: float32[2] = add([total], %3)",
        "[total] := %5",
        "return %3",
    ]


def test_the_print_out_names_several_outputs_and_large_constants():
    x = input_value(2)
    outputs = [Value((1,), "float32", "node"), Value((1,), "int32", "node")]
    rule = node("exp", x).rule
    made = Node(rule, [x, constant([1, 2])], {}, outputs, single=False)
    text = str(Graph([x], [made], outputs))
    assert text.splitlines() == [
        "%2: float32[1], %3: int32[1] = exp(%0, %1)",
        "return %2, %3",
    ]
