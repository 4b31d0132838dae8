"""What depends on constants alone is computed once."""

import numpy as np

from kerasish import Variable, ops, random
from kerasish.tracing.passes.folding import LARGEST, fold_constants
from tests.kerasish.tracing.graphs import interpret, names, record, same

X = np.array([0.5, -1.0, 3.0], "float32")


def folded(fn, *arrays):
    graph, outputs = record(fn, *arrays)
    fold_constants(graph)
    same(interpret(graph, *arrays)[0], outputs, rtol=0, atol=0)
    return graph


def test_calls_on_constants_become_constants():
    graph = folded(lambda x: x * ops.exp(ops.ones(3) * 2.0), X)
    assert names(graph) == ["multiply"]
    value = graph.nodes[0].inputs[1]
    assert value.kind == "constant"
    np.testing.assert_allclose(value.source, np.full(3, np.exp(2.0)), rtol=1e-6)


def test_an_output_may_be_a_constant():
    graph = folded(lambda x: (x, ops.sqrt(ops.ones(2) * 4.0)), X)
    assert graph.nodes == []
    assert graph.outputs[1].source.tolist() == [2.0, 2.0]


def test_scalars_stay_arrays():
    graph = folded(lambda x: x + ops.sum(ops.ones(3)) / 2.0, X)
    assert names(graph) == ["add"]
    assert graph.nodes[0].inputs[1].shape == ()


def test_several_results_are_folded():
    graph = folded(lambda x: x + ops.qr(np.eye(3, dtype="float32"))[1][0], X)
    assert names(graph) == ["add"]


def test_inputs_variables_and_draws_are_no_constants():
    v = Variable(X)
    seeds = random.SeedGenerator(1)

    def fn(x):
        return ops.exp(x), ops.exp(v), random.uniform((3,), seed=seeds)

    graph = folded(fn, X)
    assert names(graph).count("exp") == 2
    assert "_uniform" in names(graph)


def test_a_draw_with_a_fixed_seed_is_a_constant():
    graph = folded(lambda x: x + random.uniform((3,), seed=7), X)
    assert names(graph) == ["add"]


def test_large_results_are_not_kept():
    rows = LARGEST // 4 // 256 + 1
    column = np.ones((rows, 1), "float32")

    def fn(x):
        return ops.sum(x) + ops.broadcast_to(ops.convert_to_tensor(column), (rows, 256))

    assert "broadcast_to" in names(folded(fn, X))


def test_errors_of_arithmetic_are_values():
    graph = folded(lambda x: x + ops.log(ops.zeros(3)) * 0.0, X)
    assert names(graph) == ["add"]
    assert np.isnan(graph.nodes[0].inputs[1].source).all()
