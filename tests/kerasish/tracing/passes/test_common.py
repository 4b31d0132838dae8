"""Common subexpressions are computed once, and only what is really the same."""

import numpy as np
import pytest

from kerasish import Variable, ops, random
from kerasish.autodiff import TensorSpec, primitive
from kerasish.tracing.passes.common import key_of, share_common
from tests.kerasish.tracing.graphs import interpret, names, record, same

X = np.array([[0.5, -1.0, 2.0], [3.0, 0.0, -0.5]], "float32")


def shared(fn, *arrays):
    graph, outputs = record(fn, *arrays)
    share_common(graph)
    same(interpret(graph, *arrays)[0], outputs, rtol=0, atol=0)
    return graph


def test_the_same_call_is_made_once():
    graph = shared(lambda x: ops.exp(x) * ops.exp(x), X)
    assert names(graph) == ["exp", "multiply"]
    assert graph.nodes[1].inputs == (graph.nodes[0].output,) * 2


def test_calls_on_what_was_shared_are_shared():
    graph = shared(lambda x: ops.tanh(ops.exp(x)) + ops.tanh(ops.exp(x)), X)
    assert names(graph) == ["exp", "tanh", "add"]


def test_outputs_and_updates_read_what_was_kept():
    v = Variable(np.zeros((2, 3)))

    def fn(x):
        v.assign(ops.exp(x))
        return ops.exp(x), ops.exp(x)

    graph = shared(fn, X)
    assert len(graph.nodes) == 1
    kept = graph.nodes[0].output
    assert graph.outputs == [kept, kept]
    assert [value for _, value in graph.updates] == [kept]


@pytest.mark.parametrize(
    "fn",
    [
        lambda x: (ops.exp(x), ops.expm1(x)),
        lambda x: (ops.sum(x, 0), ops.sum(x, 1)),
        lambda x: (ops.sum(x, 0), ops.sum(x, 0, keepdims=True)),
        lambda x: (x - 1.0, 1.0 - x),
        lambda x: (x[0], x[1]),
        lambda x: (x[0:1], x[1:2]),
        lambda x: (ops.cast(x, "int32"), ops.cast(x, "float64")),
        lambda x: (ops.cumsum(x, 0), ops.cumsum(x, 1)),
    ],
    ids=["rules", "axes", "keepdims", "order", "items", "slices", "dtypes", "sums"],
)
def test_different_calls_stay_two(fn):
    graph, outputs = record(fn, X)
    before = len(graph.nodes)
    share_common(graph)
    same(interpret(graph, X)[0], outputs)
    assert len(graph.nodes) == before


def test_equal_scalars_are_one_constant():
    graph = shared(lambda x: ops.exp(x * 2.0) + ops.tanh(x * 2.0), X)
    assert names(graph) == ["multiply", "exp", "tanh", "add"]


def test_zeros_of_both_signs_stay_two():
    graph = shared(lambda x: (1.0 / (0.0 * x), 1.0 / (-0.0 * x)), X[:, :1])
    assert names(graph).count("multiply") == 2


def test_scalars_of_two_dtypes_stay_two():
    graph = shared(lambda x: (x + 1.0, ops.cast(x, "float64") + 1.0), X)
    assert names(graph).count("add") == 2


def test_draws_of_two_keys_stay_two():
    seeds = random.SeedGenerator(1)
    graph = shared(
        lambda x: (
            x + random.uniform((2, 3), seed=seeds),
            x + random.uniform((2, 3), seed=seeds),
        ),
        X,
    )
    assert names(graph).count("_uniform") == 2


def test_a_variable_is_read_anew_after_an_assignment():
    v = Variable(np.ones((2, 3)))

    def fn(x):
        before = v * 2.0
        v.assign(x)
        return before, v * 2.0

    assert names(shared(fn, X)).count("multiply") == 2


def test_primitives_of_one_name_stay_two():
    def spec(x):
        return TensorSpec(x.shape, x.dtype)

    def twice(x):
        return x * 2

    def doubled():
        return primitive(spec=spec)(twice)

    def tripled():
        def twice(x):
            return x * 3

        return primitive(spec=spec)(twice)

    first, second = doubled(), tripled()
    graph = shared(lambda x: (first(x), second(x)), X)
    assert len(graph.nodes) == 2


def test_arrays_among_the_arguments_count_by_identity():
    index = np.array([True, False])
    again = index.copy()
    assert key_of({"key": (index,)}) == key_of({"key": (index,)})
    assert key_of({"key": (index,)}) != key_of({"key": (again,)})
    assert shared(lambda x: x[index] + x[again], X).nodes[-1].name == "add"


def test_keys_tell_types_and_zeros_apart():
    values = [0, False, 0.0, -0.0, None, "0", (0,), [0], slice(0, 1), slice(0, 2)]
    keys = [key_of({"a": value}) for value in values]
    assert len(set(keys)) == len(values)
    assert key_of({"a": 1, "b": 2}) == key_of({"b": 2, "a": 1})
