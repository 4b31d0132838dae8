"""Sums over processes as operations."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import ops
from kerasish.autodiff import PRIMITIVES
from kerasish.autodiff.collective import all_reduce, replica_sum
from kerasish.backends.communication import Share, sharing
from kerasish.tracing.graph import Graph, Node, Value
from kerasish.tracing.passes import optimize
from tests.backends.communication.threads import as_group

RULE = PRIMITIVES["_all_reduce"]


def test_a_single_process_has_its_own_sum():
    x = ops.ones(2)
    assert all_reduce(x) is x
    assert replica_sum(x) is x


def test_the_gradient_is_the_sum_of_all_gradients():
    def work(group):
        x = keras.Variable([0.0, 1.0, 2.0])
        with keras.GradientTape() as tape:
            y = all_reduce((x + float(group.rank)) ** 2)
            loss = ops.sum(y) * (group.rank + 1.0)
        return y.tolist(), tape.gradient(loss, x).tolist()

    first, second = as_group(2, work)
    # The losses of both, 1 and 2 times the sum, by each one's summand.
    assert first == ([1.0, 5.0, 13.0], [0.0, 6.0, 12.0])
    assert second == ([1.0, 5.0, 13.0], [6.0, 12.0, 18.0])


def test_shapes_are_inferred_without_the_others():
    def work(group):
        with keras.autodiff.symbolic_scope():
            return all_reduce(keras.KerasTensor((2, 3))).shape

    assert as_group(2, work) == [(2, 3)] * 2


@pytest.mark.parametrize("shares", [(3, 1), (2, 2), (4, 0)])
def test_statistics_of_a_shared_batch_have_the_gradient_of_the_whole(shares):
    rows = np.array([0.5, -1.0, 2.0, 0.25])

    def loss(x, w, mean, count):
        """The mean over rows of a function of a row and a statistic of all."""
        return ops.sum(ops.sin(x * w) * mean**2) / count

    def whole():
        w = keras.Variable(0.7, dtype="float64")
        with keras.GradientTape() as tape:
            mean = ops.sum(ops.cos(ops.cast(rows, "float64") * w)) / 4.0
            value = loss(ops.cast(rows, "float64"), w, mean, 4.0)
        return float(tape.gradient(value, w))

    def work(group):
        own = shares[group.rank]
        part = rows[:own] if group.rank == 0 else rows[4 - own :]
        x = ops.cast(part if own else rows[:1], "float64")
        w = keras.Variable(0.7, dtype="float64")
        with sharing(Share(own, 4)), keras.GradientTape() as tape:
            mean = replica_sum(ops.sum(ops.cos(x * w))) / 4.0
            value = loss(x, w, mean, float(max(own, 1)))
        # As an optimizer weighs it.
        return float(tape.gradient(value, w)) * own / 4.0

    assert sum(as_group(2, work)) == pytest.approx(whole(), rel=1e-12)


# ------------------------------------------------------------------- in recordings


def test_no_pass_drops_merges_or_reorders_sums():
    def work(group):
        @keras.function(jit_compile=True)
        def f(x):
            all_reduce(x + 1.0)  # nobody reads it
            again = all_reduce(x * 3.0)
            same = all_reduce(x * 3.0)
            constant = all_reduce(ops.ones(2))
            return ops.sum(again) + ops.sum(same), constant

        before = group.joined
        counts = []
        for k in range(6):
            f(np.full(2, float(k), "float32"))
            counts.append(group.joined - before)
            before = group.joined
        return counts

    assert as_group(2, work) == [[4] * 6] * 2


def test_sums_are_a_chain_in_the_graph():
    def work(group):
        @keras.function
        def f(x):
            return all_reduce(x) * all_reduce(x + 1.0) * all_reduce(x + 2.0)

        for _ in range(4):
            f(np.ones(2, "float32"))
        return f.graph()

    lines = [x for x in as_group(2, work)[0].splitlines() if "_all_reduce" in x]
    names = [line.partition(":")[0] for line in lines]
    second = [line.rpartition(", ")[2].rstrip(")") for line in lines]
    assert second[1:] == names[:-1]


def test_a_sum_of_constants_is_left_to_the_plan():
    x = Value((2,), "float32", "constant", np.ones(2, "float32"))
    y = Value((2,), "float32", "node")
    graph = Graph([], [Node(RULE, [x, x], {}, [y])], [])
    (kept,) = optimize(graph).nodes
    assert kept.has_effect
