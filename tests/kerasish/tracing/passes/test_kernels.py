"""Nodes become compiled kernels, and fall apart again where there is none."""

import numpy as np
import pytest

from kerasish import Variable, backends, ops
from kerasish.backends.base.chain import Chain
from kerasish.tracing.packed import Fused
from kerasish.tracing.passes.kernels import compile_kernels
from kerasish.tracing.passes.packing import ELEMENTWISE
from kerasish.tracing.passes.pipeline import optimize
from kerasish.tracing.plan import Plan
from tests.kerasish.tracing.graphs import interpret, names, record, same
from tests.kerasish.tracing.passes.test_pipeline import check, recorded

X = np.linspace(-2, 3, 12).astype("float32").reshape(3, 4)


class Compiler:
    """Stands for a backend: refuses chains with some calls.

    Args:
        refused: Names of primitives.
    """

    def __init__(self, refused=()):
        self.refused = refused
        self.compiled = []

    def compiles(self, name, static, dtypes, shapes):
        assert len(dtypes) == len(shapes) >= 2
        return name in ELEMENTWISE or name in ("sum", "_max", "_argmax", "_reshape")

    def compile_chain(self, chain):
        assert isinstance(chain, Chain)
        if any(call.name in self.refused for call in chain.calls):
            return None
        self.compiled.append([call.name for call in chain.calls])
        return "kernel"


def compiled(fn, backend, *arrays):
    graph, outputs = record(fn, *arrays)
    compile_kernels(graph, backend)
    same(interpret(graph, *arrays)[0], outputs)
    return graph


def test_chains_are_compiled():
    backend = Compiler()
    graph = compiled(lambda x: ops.exp(x) * 2.0 + x, backend, X)
    assert backend.compiled == [["exp", "multiply", "add"]]
    assert [node.rule.kernel for node in graph.nodes] == ["kernel"]


def test_reductions_are_lifted_first():
    backend = Compiler()
    compiled(lambda x: ops.sum(ops.log(ops.sum(ops.exp(x), -1))), backend, X)
    assert backend.compiled == [["exp", "sum", "log", "sum"]]


def test_what_fits_no_kernel_falls_apart():
    graph = compiled(lambda x: ops.tanh(ops.exp(x)), Compiler(["tanh"]), X)
    assert names(graph) == ["exp", "tanh"]
    assert all(v.producer is node for node in graph.nodes for v in node.outputs)


def test_a_lifted_argmax_that_falls_apart_keeps_its_meaning():
    graph = compiled(lambda x: ops.argmax(x, -1) * 2, Compiler(["_argmax"]), X)
    assert "_argmax" in names(graph)
    plan = Plan(graph, backends.current())
    plan.inputs[0][...] = X
    plan.run()
    same(plan.outputs, [X.argmax(-1).astype("int32") * 2])


def test_views_alone_are_no_kernel():
    backend = Compiler()
    graph = compiled(lambda x: ops.reshape(x, (4, 3)), backend, X)
    assert names(graph) == ["_reshape"]
    assert backend.compiled == []


@pytest.mark.parametrize("refused", [(), ELEMENTWISE], ids=["compiled", "refused"])
def test_packed_updates_stay_packed(refused):
    variables = [Variable(np.ones(4)), Variable(np.ones((4, 2)))]

    def fn(x):
        for v, shape in zip(variables, ((4,), (4, 2)), strict=True):
            g = ops.matmul(ops.sum(x, 0, keepdims=True), ops.ones((4, v.size)))
            v.assign(v - ops.reshape(g, shape))
        return x

    graph = optimize(record(fn, X)[0])
    (packed,) = (n for n in graph.nodes if isinstance(n.rule, Fused))
    compile_kernels(graph, Compiler(refused))
    assert packed in graph.nodes
    assert packed.rule.kernel == (None if refused else "kernel")


@pytest.mark.parametrize("seed", range(6))
def test_compiled_plans_mean_the_same(seed):
    pytest.importorskip("llvmlite")
    backend = backends.current()
    program, graph, expected = recorded(seed)
    made = optimize(graph, backend, compiled=True)
    assert any(getattr(node.rule, "kernel", None) for node in made.nodes)
    check(Plan(made, backend), program, seed, expected)


@pytest.mark.parametrize("skip", ["draws", "lifting", "fusion", "epilogue"])
@pytest.mark.parametrize("seed", range(4))
def test_compiled_programs_mean_the_same_without_each_pass(seed, skip):
    if not backends.current().can_compile:
        pytest.skip("needs llvmlite")
    program, graph, expected = recorded(seed)
    made = optimize(graph, backends.current(), skip=[skip], compiled=True)
    check(Plan(made, backends.current()), program, seed, expected)


def test_without_fusion_nodes_stay_single():
    backend = Compiler()
    graph, _ = record(lambda x: ops.exp(x) * 2.0 + x, X)
    compile_kernels(graph, backend, skip=["fusion"])
    assert names(graph) == ["exp", "multiply", "add"] and backend.compiled == []


def test_without_lifting_reductions_keep_their_shapes():
    backend = Compiler()
    graph, _ = record(lambda x: ops.log(ops.sum(ops.exp(x), -1)), X)
    compile_kernels(graph, backend, skip=["lifting"])
    assert graph.outputs[0].shape == (3,)
    assert all(v.shape != (3, 1) for v in graph.values())
