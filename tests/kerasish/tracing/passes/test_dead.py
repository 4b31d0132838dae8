"""Dead nodes go; whatever a result needs stays."""

import numpy as np

from kerasish import Variable, ops, random
from kerasish.autodiff import GradientTape
from kerasish.tracing.passes.dead import remove_dead
from tests.kerasish.tracing.graphs import interpret, names, record, same

X = np.array([[0.5, -1.0], [3.0, 0.0]], "float32")


def cleaned(fn, *arrays):
    graph, outputs = record(fn, *arrays)
    remove_dead(graph)
    same(interpret(graph, *arrays)[0], outputs, rtol=0, atol=0)
    return graph


def test_what_nobody_reads_goes_with_all_that_it_read():
    def fn(x):
        ops.tanh(ops.exp(x))
        return x + 1.0

    assert names(cleaned(fn, X)) == ["add"]


def test_what_is_returned_stays():
    graph = cleaned(lambda x: (ops.exp(x), ops.tanh(x)), X)
    assert names(graph) == ["exp", "tanh"]


def test_what_a_variable_takes_stays():
    v = Variable(np.zeros((2, 2)))

    def fn(x):
        v.assign(ops.exp(x))
        return x

    graph = cleaned(fn, X)
    assert names(graph) == ["exp"]
    assert len(graph.updates) == 1


def test_only_the_last_of_two_assignments_is_computed():
    v = Variable(np.zeros((2, 2)))

    def fn(x):
        v.assign(ops.exp(x))
        v.assign(ops.tanh(x))
        return x

    assert names(cleaned(fn, X)) == ["tanh"]


def test_a_node_with_one_wanted_output_stays():
    graph = cleaned(lambda x: ops.qr(x)[1], X)
    assert [len(n.outputs) for n in graph.nodes] == [2]


def test_a_draw_nobody_reads_still_moves_its_generator():
    seeds = random.SeedGenerator(1)

    def fn(x):
        random.normal((2,), seed=seeds)
        return x

    graph = cleaned(fn, X)
    assert "_normal" not in names(graph)
    assert [variable for variable, _ in graph.updates] == [seeds.state]


def test_gradients_that_nobody_asked_for_are_not_there():
    w = Variable(np.ones((2, 2)))

    def fn(x):
        with GradientTape() as tape:
            tape.watch(x)
            loss = ops.sum(ops.matmul(x, w))
        tape.gradient(loss, [x, w])
        return loss

    assert names(cleaned(fn, X)) == ["matmul", "sum"]


def test_the_order_stays():
    graph, _ = record(lambda x: ops.exp(x) + ops.tanh(x) * ops.sin(x), X)
    before = names(graph)
    remove_dead(graph)
    assert names(graph) == before
