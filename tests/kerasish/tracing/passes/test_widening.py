"""Products of half precision write float32 where only that is read."""

import numpy as np
import pytest

from kerasish import ops
from kerasish.ops.broadcasting import unbroadcast
from kerasish.tracing.passes.epilogue import join_sums
from kerasish.tracing.passes.widening import widen_products
from tests.kerasish.tracing.graphs import interpret, names, record, same

RNG = np.random.default_rng(0)
X, G = (RNG.normal(size=s).astype("float16") for s in ((6, 4), (6, 2)))


def widened(fn, *arrays):
    graph, outputs = record(fn, *arrays)
    join_sums(graph, lambda node: False)
    widen_products(graph)
    same(interpret(graph, *arrays)[0], outputs, rtol=2e-3, atol=2e-3)
    return graph


def wide(x):
    return ops.cast(x, "float32")


def both(x):
    return x, wide(x)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_the_gradient_of_a_weight(dtype):
    x, g = (ops.convert_to_numpy(ops.cast(a, dtype)) for a in (X, G))
    graph, outputs = record(lambda x, g: wide(ops.transpose(x) @ g), x, g)
    widen_products(graph)
    assert names(graph) == ["_transpose", "matmul"]
    near = 2e-3 if dtype == "float16" else 2e-2
    same(interpret(graph, x, g)[0], outputs, rtol=near, atol=near)
    (made,) = interpret(graph, x, g)[0]
    expected = np.asarray(x, "float64").T @ np.asarray(g, "float64")
    np.testing.assert_allclose(made, expected, rtol=1e-5)


def test_with_that_of_the_bias():
    def fn(x, g):
        sums = unbroadcast(g, ops.zeros((2,), "float16"))
        return wide(ops.transpose(x) @ g), wide(sums)

    graph = widened(fn, X, G)
    assert names(graph) == ["_transpose", "dense_gradients"]
    assert {v.dtype for v in graph.nodes[-1].outputs} == {"float32"}


def test_through_reshapes():
    def fn(x, g):
        made = ops.reshape(ops.transpose(x) @ g, (2, 2, 2))
        return wide(ops.reshape(made, (8,)))

    graph = widened(fn, X, G)
    assert names(graph) == ["_transpose", "matmul", "_reshape"]


@pytest.mark.parametrize(
    "fn",
    [
        lambda x, g: ops.cast(ops.transpose(x) @ g, "float64"),
        lambda x, g: ops.transpose(x) @ g,
        lambda x, g: both(ops.transpose(x) @ g),
        lambda x, g: wide(ops.exp(ops.transpose(x) @ g)),
        lambda x, g: both(ops.reshape(ops.transpose(x) @ g, (8,))),
    ],
    ids=["float64", "read as it is", "read twice", "not at once", "reshape read"],
)
def test_what_stays(fn):
    graph, _ = record(fn, X, G)
    before = names(graph)
    widen_products(graph)
    assert names(graph) == before


def test_half_of_two_results_is_not_widened():
    def fn(x, g):
        sums = unbroadcast(g, ops.zeros((2,), "float16"))
        return wide(ops.transpose(x) @ g), sums

    assert "cast_to" in names(widened(fn, X, G))


def test_float32_stays():
    x, g = X.astype("float32"), G.astype("float32")
    graph = widened(lambda x, g: ops.cast(ops.transpose(x) @ g, "float64"), x, g)
    assert "cast_to" in names(graph)
