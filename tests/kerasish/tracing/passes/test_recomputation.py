"""Kernels compute again what is cheap, where that moves less memory."""

import numpy as np
import pytest

from kerasish import ops
from kerasish.backends.llvm.chain import supports
from kerasish.tracing.packed import Fused
from kerasish.tracing.passes.fusion import fuse
from tests.kerasish.tracing.graphs import interpret, record, same

RNG = np.random.default_rng(0)
X, Z = RNG.normal(size=(2, 64, 2048)).astype("float32")
W = (RNG.normal(size=(2048, 2048)) * 0.02).astype("float32")
ROW = np.linspace(-1, 1, 2048).astype("float32")


def kernels(fn, *arrays, again=True):
    """Returns the fused nodes, of a graph that still computes the same."""
    graph, outputs = record(fn, *arrays)

    def fusible(node):
        values = (*node.inputs, *node.outputs)
        shapes = [v.shape for v in values]
        return supports(node.name, node.static, [v.dtype for v in values], shapes)

    fuse(graph, fusible, again=again)
    same(interpret(graph, *arrays)[0], outputs, 1e-4, 1e-4)
    return [n for n in graph.nodes if isinstance(n.rule, Fused)]


def moved(nodes):
    """Returns how many arrays of the size of X the nodes read and write."""
    values = [v for n in nodes for v in (*n.inputs, *n.outputs)]
    return sum(v.shape == X.shape for v in values)


def relu_and_mask(x, row, w):
    y = ops.relu(x * row + row)
    g = ops.matmul(y, w)
    return y, ops.where(y > 0, g, 0.0) * x


def test_a_mask_is_computed_from_what_is_read_anyhow():
    both = relu_and_mask, X, ROW, W
    # The second kernel reads g and x, and no more y.
    assert moved(kernels(*both, again=False)) == 2 + 4
    assert moved(kernels(*both)) == 2 + 3


def test_what_all_readers_compute_again_is_not_written():
    def fn(x, z, w):
        away = x - 0.5
        h = ops.matmul(ops.tanh(away), w)
        return h * away + z

    assert moved(kernels(fn, X, Z, W, again=False)) == 3 + 4
    assert moved(kernels(fn, X, Z, W)) == 2 + 4


@pytest.mark.parametrize(
    "fn",
    [
        # A function that is dear.
        lambda x, z, w: (lambda y: ops.matmul(y, w) * y)(ops.tanh(x)),
        # It would read two arrays in place of one.
        lambda x, z, w: (lambda y: ops.matmul(y, w) * y)(x + z),
        # It is a result, so written anyhow, and read in place of one.
        lambda x, z, w: (lambda y: (y, ops.matmul(y, w) * y))(x + 1.0),
        # A long way to compute.
        lambda x, z, w: (lambda y: ops.matmul(y, w) * y)(
            ((((x + 0.1) * 0.9 + 0.1) * 0.9 + 0.1) * 0.9 + 0.1) * 0.9
        ),
    ],
    ids=["dear", "two reads", "a result", "long"],
)
def test_what_is_read_back(fn):
    with_it, without = (moved(kernels(fn, X, Z, W, again=a)) for a in (True, False))
    assert with_it == without


def test_small_arrays_are_left_alone():
    x, w = X[:8, :64], W[:64, :64]
    made = kernels(lambda x, w: ops.matmul(ops.relu(x + 1.0), w) * (x + 1.0), x, w)
    assert sum(len(n.rule.nodes) for n in made) <= 4


def test_what_is_wider_than_its_operand_is_not_written_for_several_readers():
    def fn(x, w):
        wide = ops.cast(ops.matmul(x, w), "float64")
        mean = ops.mean(wide, axis=0, keepdims=True)
        away = ops.sum(ops.square(wide - mean), axis=0)
        return ops.cast(wide * 2.0 - mean, "float32"), away

    def written(again):
        nodes = kernels(fn, X, W, again=again)
        return [v.dtype for n in nodes for v in n.outputs if v.shape == X.shape]

    assert written(again=False) == ["float64", "float32"]
    assert written(again=True) == ["float32"]
