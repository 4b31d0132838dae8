"""Sums over processes in plans."""

import numpy as np

import kerasish as keras
from kerasish import ops
from kerasish.autodiff.collective import all_reduce
from kerasish.backends import current
from kerasish.backends.communication import group_scope
from kerasish.backends.communication.lowering import COMMUNICATION
from tests.backends.communication.threads import as_group


def test_a_sum_is_written_into_memory_that_is_there():
    def work(group):
        x, out = np.full(3, group.rank + 1.0), np.empty(3)
        step = COMMUNICATION["_all_reduce"](x, x, out)
        step()
        first = out.tolist()
        x[...] = 10.0
        step()
        return first, out.tolist()

    assert as_group(2, work) == [([3.0] * 3, [20.0] * 3)] * 2


def test_one_process_copies():
    x, out = np.ones(2), np.zeros(2)
    with group_scope(None):
        COMMUNICATION["_all_reduce"](x, x, out)()
    assert out.tolist() == [1.0, 1.0]


def test_plans_and_operations_agree():
    def work(group):
        @keras.function
        def f(x):
            flat = ops.concatenate([ops.reshape(x * 2.0, (-1,)), ops.ravel(x + 1.0)])
            return ops.sum(all_reduce(flat)), all_reduce(ops.ones(2) * x[0, 0])

        x = np.arange(4.0, dtype="float32").reshape(2, 2) + group.rank
        made = [[y.tolist() for y in f(x)] for _ in range(6)]
        assert "_all_reduce" in f.graph()
        return made

    first, second = as_group(2, work)
    assert first == second == [[56.0, [1.0, 1.0]]] * 6


def test_a_plan_may_write_over_the_operand():
    assert "_all_reduce" in current().aliasing
