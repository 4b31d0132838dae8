"""Element-wise nodes and reductions over one domain become one kernel."""

import numpy as np
import pytest

from kerasish import Variable, ops
from kerasish.tracing.packed import Fused
from kerasish.tracing.passes.fusion import LARGEST, REDUCTIONS, fuse
from kerasish.tracing.passes.packing import ELEMENTWISE
from tests.kerasish.tracing.graphs import interpret, names, record, same

X = np.linspace(-2, 3, 12).astype("float32").reshape(3, 4)


def simple(node):
    return node.name in ELEMENTWISE or node.name in REDUCTIONS


def fused(fn, *arrays, fusible=simple):
    graph, outputs = record(fn, *arrays)
    _, updates = interpret(graph, *arrays)
    fuse(graph, fusible)
    found = interpret(graph, *arrays)
    same(found[0], outputs)
    same(found[1], updates)
    return graph


def calls(graph):
    """Returns for each node the names of the calls in it."""
    return [
        [call.name for call in node.rule.chain.calls]
        if isinstance(node.rule, Fused)
        else node.name
        for node in graph.nodes
    ]


def test_a_chain_becomes_one_kernel():
    graph = fused(lambda x: ops.tanh(ops.exp(x) * 2.0 + x), X)
    assert calls(graph) == [["exp", "multiply", "add", "tanh"]]
    chain = graph.nodes[0].rule.chain
    assert len(chain.inputs) == len(chain.outputs) == 1
    assert graph.nodes[0].inputs == tuple(graph.inputs)


def test_scalars_are_constants_of_the_chain():
    graph = fused(lambda x: x * 2.5, X)
    slots = graph.nodes[0].rule.chain.slots
    assert [slot.constant for slot in slots] == [None, 2.5, None]


def test_arrays_of_constants_are_inputs():
    graph = fused(lambda x: x * np.arange(4, dtype="float32"), X)
    assert len(graph.nodes[0].inputs) == 2


def test_two_branches_become_one_kernel():
    graph = fused(lambda x: ops.exp(x) * ops.tanh(x), X)
    assert len(graph.nodes) == 1


def test_results_in_the_middle_are_written():
    def fn(x):
        y = ops.exp(x)
        return y, y + 1.0

    graph = fused(fn, X)
    assert calls(graph) == [["exp", "add"]]
    assert graph.nodes[0].outputs == tuple(graph.outputs)


def test_what_other_nodes_read_is_written():
    def fn(x):
        y = ops.exp(x)
        return ops.matmul(y, ops.ones((4, 2))), y + 1.0

    graph = fused(fn, X)
    assert "matmul" in calls(graph)


def test_views_that_only_products_read_stay_views():
    def taken(node):
        return simple(node) or node.name == "_transpose"

    def fn(x):
        y = ops.exp(x)
        return ops.matmul(ops.transpose(y), y), ops.transpose(ops.tanh(x)) * 2.0

    made = calls(fused(fn, X, fusible=taken))
    assert "_transpose" in made and ["_transpose", "multiply"] in made


def test_a_node_in_between_keeps_two_kernels_apart():
    def fn(x):
        y = ops.exp(x)
        return ops.matmul(y, ops.ones((4, 4))) + y

    graph = fused(fn, X)
    assert calls(graph) == [["exp"], "matmul", ["add"]]


def test_a_long_way_in_between_keeps_two_kernels_apart():
    def fn(x):
        y = ops.exp(x)
        z = ops.cumsum(ops.tanh(ops.matmul(y, ops.ones((4, 4)))), 0)
        return ops.sin(z) * y

    graph = fused(fn, X)
    kinds = [["exp"], "matmul", ["tanh"], "_cumsum", ["sin", "multiply"]]
    assert calls(graph) == kinds


def test_a_reduction_joins_its_producers():
    graph = fused(lambda x: ops.sum(ops.exp(x) * x, -1, keepdims=True), X)
    assert calls(graph) == [["exp", "multiply", "sum"]]


def test_rows_are_read_again_in_the_loop_over_them():
    def fn(x):
        e = ops.exp(x - ops.max(x, -1, keepdims=True))
        return e / ops.sum(e, -1, keepdims=True)

    assert calls(fused(fn, X)) == [["_max", "subtract", "exp", "sum", "divide"]]


def test_what_ends_with_the_loop_is_not_read_in_it():
    def fn(x):
        return x - ops.mean(x, 0, keepdims=True)

    assert calls(fused(fn, X)) == [["mean"], ["subtract"]]


def test_a_sum_of_all_may_be_written_with_the_rest():
    def fn(x):
        y = ops.exp(x)
        return y, ops.sum(y)

    assert calls(fused(fn, X)) == [["exp", "sum"]]


def test_a_scalar_that_follows_a_sum_is_computed_after_the_loop():
    graph = fused(lambda x: ops.exp(x) * (ops.sum(ops.tanh(x)) / 12.0), X)
    assert calls(graph) == [["tanh", "sum"], ["divide"], ["exp", "multiply"]]


def test_domains_that_do_not_match_stay_apart():
    def fn(x, y):
        return ops.exp(x), ops.exp(y)

    graph = fused(fn, X, X.reshape(4, 3))
    assert calls(graph) == [["exp"], ["exp"]]


def test_a_column_joins_the_loop_over_rows():
    def fn(x):
        return ops.exp(x[:, :1]) * x

    assert calls(fused(fn, X)) == ["_get_item", ["exp", "multiply"]]


def test_a_row_joins_as_an_input():
    graph = fused(lambda x, b: ops.tanh(x + b), X, X[0].copy())
    chain = graph.nodes[0].rule.chain
    assert {slot.shape for slot in chain.slots} == {(3, 4), (1, 4)}


def test_gradients_of_a_bias():
    def fn(x, b):
        y = ops.tanh(x + b)
        return ops.sum(1.0 - y * y, 0)

    fused(fn, X, X[0].copy())


def test_scalars_are_gathered():
    def fn(x):
        y = x[0, 0]
        return ops.exp(y) + 1.0, ops.tanh(y) * 2.0

    graph = fused(fn, X)
    assert calls(graph) == ["_get_item", ["exp", "add", "tanh", "multiply"]]


def test_updates_are_written():
    v = Variable(X)

    def fn(x):
        v.assign(v - ops.exp(x) * 0.1)
        return ops.sum(v)

    graph = fused(fn, X)
    assert len(graph.updates) == 1


def test_only_what_the_backend_can_compile_is_taken():
    graph = fused(lambda x: ops.exp(ops.tanh(ops.sin(x))), X, fusible=lambda n: False)
    assert names(graph) == ["sin", "tanh", "exp"]
    graph = fused(
        lambda x: ops.exp(ops.tanh(ops.sin(x))), X, fusible=lambda n: n.name != "tanh"
    )
    assert calls(graph) == [["sin"], "tanh", ["exp"]]


def test_kernels_do_not_grow_without_end():
    def fn(x):
        for _ in range(LARGEST):
            x = ops.tanh(x) + 0.5
        return x

    graph = fused(fn, X)
    sizes = [len(kernel) for kernel in calls(graph)]
    assert sum(sizes) == 2 * LARGEST
    assert max(sizes) <= LARGEST


def test_dtypes_may_change_in_a_kernel():
    def fn(x):
        return ops.cast(ops.cast(x > 0, "int32"), "float32") * x

    graph = fused(fn, X)
    assert len(graph.nodes) == 1
    dtypes = {slot.dtype for slot in graph.nodes[0].rule.chain.slots}
    assert dtypes == {"bool", "float32", "int32"}


def test_scopes_are_joined():
    graph, _ = record(lambda x: ops.exp(x) + 1.0, X)
    graph.nodes[0].scope, graph.nodes[1].scope = "first", "second"
    fuse(graph, simple)
    assert graph.nodes[0].scope == "first + second"


@pytest.mark.parametrize("seed", range(4))
def test_random_chains_mean_the_same(seed):
    rng = np.random.default_rng(seed)

    def fn(x, y):
        held = [x, y, x * 0.5]
        for _ in range(25):
            a, b = (held[i] for i in rng.integers(len(held), size=2))
            kind = rng.integers(7)
            held.append(
                [
                    lambda a, b: a + b,
                    lambda a, b: ops.tanh(a) * b,
                    lambda a, b: a - ops.max(b, -1, keepdims=True),
                    lambda a, b: a * ops.mean(b, 0, keepdims=True),
                    lambda a, b: ops.where(a > b, a, b),
                    lambda a, b: a * 0.1 + ops.sum(ops.tanh(b)) * 0.01,
                    lambda a, b: ops.matmul(a, ops.ones((4, 4))) * 0.1,
                ][kind](a, b)
            )
        return held[-3:]

    fused(fn, X, X[::-1].copy())


@pytest.mark.parametrize("reduce", [ops.sum, ops.mean, ops.max, ops.min])
@pytest.mark.parametrize("shape", [(3, 3), (1, 3), (3, 3, 3), (2, 2, 1), (1, 2, 2)])
def test_the_axis_that_was_asked_for_is_reduced(reduce, shape):
    x = np.random.default_rng(3).normal(size=shape).astype("float32")
    for axis in range(-1, len(shape)):
        for kept in (False, True):
            fused(lambda x, a=axis, k=kept: reduce(ops.tanh(x), a, keepdims=k), x)
