"""GELU with tanh is found where nobody reads what is between."""

import numpy as np
import pytest

from kerasish import ops
from kerasish.autodiff import GradientTape
from kerasish.tracing.passes.epilogue import join_epilogues
from kerasish.tracing.passes.gelu import gelu_of
from tests.kerasish.tracing.graphs import interpret, names, record, same

X = np.linspace(-3, 3, 6, dtype="float32").reshape(2, 3)
W = np.linspace(1, -1, 12, dtype="float32").reshape(3, 4)
B = np.linspace(-1, 1, 4, dtype="float32")


def found(fn, *arrays):
    graph, _ = record(fn, *arrays)
    readers = {}
    for node in graph.nodes:
        for v in {id(v): v for v in node.inputs}.values():
            readers.setdefault(id(v), []).append(node)
    nodes = gelu_of(graph.inputs[0], graph.uses(), readers)
    assert not nodes or nodes[-1].output is graph.outputs[0]
    return [node.name for node in nodes]


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_the_formula_is_found(dtype):
    x = ops.convert_to_numpy(ops.cast(X, dtype))
    assert len(found(lambda x: ops.gelu(x), x)) == 9


@pytest.mark.parametrize(
    "fn",
    [
        lambda x: ops.gelu(x, approximate=False),
        lambda x: ops.silu(x),
        lambda x: x * 0.5 * (ops.tanh(x) + 1.0),
        lambda x: x * 0.4 * (ops.tanh(x) + 1.0),
        lambda x: (ops.gelu(x), x * 2.0),
        lambda x: x * 0.5 * x,
    ],
    ids=["erf", "silu", "tanh", "other numbers", "read again", "square"],
)
def test_what_is_another_formula(fn):
    assert not found(fn, X)


def test_a_gradient_reads_what_is_between():
    def fn(x):
        with GradientTape() as tape:
            tape.watch(x)
            y = ops.gelu(x)
        return y, tape.gradient(y, x)

    assert not found(fn, X)


def test_a_product_takes_it_along():
    graph, outputs = record(lambda x, w, b: ops.gelu(x @ w + b), X, W, B)
    join_epilogues(graph, ["gelu"])
    assert names(graph) == ["dense"]
    assert graph.nodes[0].static == {"activation": "gelu"}
    same(interpret(graph, X, W, B)[0], outputs, rtol=0, atol=0)


def test_a_convolution_does_not():
    x, kernel = X.reshape(1, 2, 3, 1), W.reshape(1, 1, 1, 12)[..., :4]
    graph, _ = record(lambda x, k, b: ops.gelu(ops.conv(x, k) + b), x, kernel, B)
    join_epilogues(graph, ["gelu"])
    assert "tanh" in names(graph)
