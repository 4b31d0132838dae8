"""Trailing reductions keep their axes through the element-wise nodes that follow."""

import numpy as np
import pytest

from kerasish import Variable, ops
from kerasish.tracing.passes.dead import remove_dead
from kerasish.tracing.passes.lifting import lift_reductions
from tests.kerasish.tracing.graphs import interpret, names, record, same

X = np.linspace(-2, 3, 24).astype("float32").reshape(2, 3, 4)


def lifted(fn, *arrays):
    graph, outputs = record(fn, *arrays)
    lift_reductions(graph)
    same(interpret(graph, *arrays)[0], outputs)
    remove_dead(graph)
    same(interpret(graph, *arrays)[0], outputs)
    return graph


def keeping(graph):
    """Returns the names and shapes of the nodes that do not reshape."""
    return [(n.name, n.output.shape) for n in graph.nodes if n.name[:8] != "_reshape"]


@pytest.mark.parametrize("name", ["sum", "mean", "max", "min"])
@pytest.mark.parametrize(
    ("axis", "shape"), [(-1, (2, 3, 1)), (2, (2, 3, 1)), ((1, 2), (2, 1, 1))]
)
def test_trailing_axes_are_kept(name, axis, shape):
    graph = lifted(lambda x: getattr(ops, name)(x, axis), X)
    assert keeping(graph)[0][1] == shape
    assert graph.outputs[0].shape == tuple(n for n in shape if n > 1)


@pytest.mark.parametrize("name", ["argmax", "argmin"])
def test_the_place_of_an_extreme(name):
    graph = lifted(lambda x: getattr(ops, name)(x, -1), X)
    wide = name == "argmax"
    assert keeping(graph)[0][1] == ((2, 3, 1) if wide else (2, 3))


def test_what_follows_keeps_them_too():
    def fn(x):
        return ops.sqrt(ops.sum(x * x, -1)) * 2.0 + 1.0

    shapes = [shape for _, shape in keeping(lifted(fn, X))]
    assert shapes == [(2, 3, 4), (2, 3, 1), (2, 3, 1), (2, 3, 1), (2, 3, 1)]


def test_a_sum_of_all_ends_it():
    graph = lifted(lambda x: ops.sum(ops.exp(ops.mean(x, -1))), X)
    assert keeping(graph) == [("mean", (2, 3, 1)), ("exp", (2, 3, 1)), ("sum", ())]
    assert names(graph) == ["mean", "exp", "sum"]


def test_other_operands_get_the_axes():
    def fn(x, y):
        return ops.sum(x, -1) * y

    graph = lifted(fn, X, X[:, :, 0].copy())
    assert keeping(graph)[-1] == ("multiply", (2, 3, 1))


def test_operands_of_two_depths():
    def fn(x):
        return ops.sum(x, (1, 2)) + ops.sum(x, -1)[:, 0] + ops.sum(ops.sum(x, -1), -1)

    lifted(fn, X)


@pytest.mark.parametrize(
    "fn",
    [
        lambda x: ops.sum(x, 0),
        lambda x: ops.sum(x, 1),
        lambda x: ops.sum(x, (0, 2)),
        lambda x: ops.sum(x, -1, keepdims=True),
        lambda x: ops.sum(x),
        lambda x: ops.argmax(x, 0),
        lambda x: ops.argmax(x[0, 0], 0),
        lambda x: ops.exp(x) * x,
    ],
    ids=[
        *("first", "middle", "two", "kept", "all", "first_place", "vector_place"),
        "no_reduction",
    ],
)
def test_what_need_not_change_stays(fn):
    graph, _ = record(fn, X)
    before = [(n.name, n.output.shape) for n in graph.nodes]
    lift_reductions(graph)
    assert [(n.name, n.output.shape) for n in graph.nodes] == before


def test_a_lifted_value_may_be_broadcast():
    def fn(x, row):
        return ops.sum(x, -1) + row, ops.sum(x, -1) * x[:, :1, 0]

    lifted(fn, X, np.ones(3, "float32"))


def test_a_reader_that_is_not_element_wise_gets_the_narrow_value():
    def fn(x):
        y = ops.exp(ops.sum(x, -1))
        return ops.matmul(y, ops.transpose(y)), y[0]

    graph = lifted(fn, X)
    assert [n.inputs[0].shape for n in graph.nodes if n.name == "matmul"] == [(2, 3)]


def test_a_scalar_operand_stays_a_scalar():
    graph = lifted(lambda x: ops.sum(x, -1) / ops.sum(x), X)
    assert keeping(graph)[-1] == ("divide", (2, 3, 1))


def test_an_update_takes_the_narrow_value():
    v = Variable(np.zeros((2, 3)))

    def fn(x):
        v.assign(ops.sum(x, -1) * 2.0)
        return x

    graph, _ = record(fn, X)
    lift_reductions(graph)
    same(interpret(graph, X)[1], [X.sum(-1) * 2], rtol=1e-5)
