"""Updates come after the last reader of the old value, where that is allowed."""

import numpy as np
import pytest

from kerasish import Variable, backends, ops
from kerasish.tracing.passes.delaying import delay_updates
from kerasish.tracing.plan import Plan
from tests.kerasish.tracing.graphs import interpret, names, record, same

X = np.array([1.0, -2.0, 3.0], "float32")


def delayed(fn):
    """Returns the names of the nodes, and the plan, of a function's delayed graph."""
    graph, outputs = record(fn, X)
    _, updates = interpret(graph, X)
    delay_updates(graph)
    found = interpret(graph, X)
    same(found[0], outputs)
    same(found[1], updates)
    plan = Plan(graph, backends.current())
    plan.inputs[0][...] = X
    plan.run()
    same(plan.outputs, outputs)
    same([v.numpy() for v, _ in graph.updates], updates)
    return names(graph), plan


def test_an_update_waits_for_those_who_read_the_old_value():
    seed = Variable(np.ones(3, "float32"))

    def fn(x):
        old = seed.value
        seed.assign(ops.add(old, 1.0))
        return ops.multiply(x, old), ops.subtract(x, 1.0)

    order, plan = delayed(fn)
    assert order == ["multiply", "add", "subtract"]
    assert "copy" not in [line.kernel for line in plan.lines]


@pytest.mark.parametrize("reads", ["result", "other", "late"])
def test_what_must_stay(reads):
    seed, other = (Variable(np.ones(3, "float32")) for _ in range(2))

    def fn(x):
        old = seed.value
        if reads == "late":  # nobody reads the old value afterwards
            y = ops.multiply(x, old)
            seed.assign(ops.add(old, 1.0))
            return y, ops.subtract(x, 1.0)
        new = ops.add(old, other if reads == "other" else 1.0)
        seed.assign(new)
        y = ops.multiply(x, old)
        return y, ops.subtract(x, new if reads == "result" else 1.0)

    expected = ["add", "multiply", "subtract"]
    if reads == "late":
        expected = ["multiply", "add", "subtract"]
    assert delayed(fn)[0] == expected
