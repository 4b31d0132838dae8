"""Sums of products become one product, where nobody reads the terms."""

import numpy as np
import pytest

from kerasish import ops
from kerasish.autodiff import GradientTape
from kerasish.autodiff.primitive import add_gradients
from kerasish.tracing.passes.algebra import simplify
from kerasish.tracing.passes.dead import remove_dead
from kerasish.tracing.passes.folding import fold_constants
from kerasish.tracing.passes.stacking import stack_products
from tests.kerasish.tracing.graphs import interpret, names, record, same

RNG = np.random.default_rng(0)
X = RNG.normal(size=(6, 2, 3)).astype("float32")
U = (RNG.normal(size=(3, 3)) * 0.5).astype("float32")


def stacked(fn, *arrays):
    graph, outputs = record(fn, *arrays)
    fold_constants(graph)
    simplify(graph)
    before = names(graph).count("matmul")
    stack_products(graph)
    remove_dead(graph)
    same(interpret(graph, *arrays)[0], outputs, 1e-4, 1e-5)
    return graph, before - names(graph).count("matmul")


def recurrent(x, u, first=0.0, more=None):
    """Returns the gradient of a weight that each step of a loop uses."""
    with GradientTape() as tape:
        tape.watch(u)
        h = ops.zeros((2, 3)) + first
        for t in range(x.shape[0]):
            h = ops.tanh(x[t] + ops.matmul(h, u))
        loss = ops.sum(h) if more is None else ops.sum(h) + more(u)
    return tape.gradient(loss, u)


@pytest.mark.parametrize("first", [0.0, 0.5])
def test_the_gradient_of_a_recurrent_weight_is_one_product(first):
    graph, fewer = stacked(lambda x, u: recurrent(x, u, first), X, U)
    assert fewer == 5
    assert "add_gradients" not in names(graph)
    product = next(n for n in reversed(graph.nodes) if n.name == "matmul")
    assert [v.shape for v in product.inputs] == [(3, 12), (12, 3)]


def test_other_terms_are_added():
    graph, fewer = stacked(
        lambda x, u: recurrent(x, u, more=lambda u: ops.sum(ops.square(u))), X, U
    )
    assert fewer == 5
    assert names(graph)[-1] == "add_gradients"


def test_rows_that_are_stacked_anyhow_are_read_from_there():
    def fn(x, y):
        total = sum_of(ops.matmul(ops.transpose(x[t]), y[t] * 2.0) for t in range(6))
        rows = [ops.reshape(y[t] * 2.0, (1, 2, 3)) for t in reversed(range(6))]
        return total, ops.concatenate(rows, 0)

    # In the recorded graph `y[t] * 2` is there twice; the rows are told apart.
    graph, fewer = stacked(fn, X, X[::-1].copy())
    assert fewer == 5


def test_an_existing_stack_decides_the_order():
    def fn(x, y):
        ys = [y[t] * 2.0 for t in range(6)]
        total = sum_of(ops.matmul(ops.transpose(x[t]), ys[t]) for t in range(6))
        back = ops.concatenate([ops.reshape(v, (1, 2, 3)) for v in ys[::-1]], 0)
        return back, total

    graph, fewer = stacked(fn, X, X[::-1].copy())
    assert fewer == 5
    assert names(graph).count("_concatenate") == 2


def sum_of(terms):
    """Returns the sum as gradients are added."""
    total, *rest = terms
    for term in rest:
        total = add_gradients(total, term)
    return total


@pytest.mark.parametrize(
    "fn",
    [
        lambda x, y: sum_of(ops.matmul(ops.transpose(x[t]), y[t]) for t in range(3)),
        lambda x, y: sum_of(ops.matmul(x[t], U) for t in range(6)),
        lambda x, y: sum_of(ops.exp(x[t]) for t in range(6)),
        lambda x, y: sum_of(
            ops.matmul(ops.transpose(x[t][: 1 + t % 2]), y[t][: 1 + t % 2])
            for t in range(6)
        ),
    ],
    ids=["few", "not turned", "no products", "several shapes"],
)
def test_what_stays(fn):
    _, fewer = stacked(fn, X, X[::-1].copy())
    assert fewer == 0


def test_a_product_that_somebody_reads_stays():
    def fn(x, y):
        terms = [ops.matmul(ops.transpose(x[t]), y[t]) for t in range(6)]
        return sum_of(terms), terms[0]

    graph, fewer = stacked(fn, X, X[::-1].copy())
    assert fewer == 4


def test_sums_of_the_rows_of_steps_are_one_sum():
    def fn(x, b):
        with GradientTape() as tape:
            tape.watch(b)
            h = ops.zeros((2, 3))
            for t in range(x.shape[0]):
                h = ops.tanh(x[t] + h * 0.5 + b)
            loss = ops.sum(h)
        return tape.gradient(loss, b)

    graph, outputs = record(fn, X, U[0])
    fold_constants(graph)
    simplify(graph)
    before = names(graph).count("_sum_to")
    stack_products(graph)
    remove_dead(graph)
    same(interpret(graph, X, U[0])[0], outputs, 1e-5, 1e-6)
    assert names(graph).count("_sum_to") == before - 5
    assert names(graph)[-2:] == ["_concatenate", "_sum_to"]


def test_a_sum_and_a_product_read_the_same_stack():
    def fn(x, u, b):
        with GradientTape() as tape:
            tape.watch([u, b])
            h = ops.zeros((2, 3)) + 0.5
            for t in range(x.shape[0]):
                h = ops.tanh(x[t] + (ops.matmul(h, u) + b))
            loss = ops.sum(h)
        return tape.gradient(loss, [u, b])

    graph, _ = stacked(fn, X, U, U[0])
    assert names(graph).count("_concatenate") == 2  # the states, and their gradients
