"""Branches over tensors are taken anew in every replay, with what they assign."""

import numpy as np

import kerasish as keras
from kerasish import ops
from kerasish.ops.choices import is_recorded_choice
from kerasish.tracing import function

ONES = np.ones(3, "float32")


def test_a_condition_is_looked_at_in_every_replay():
    f = function(lambda x: ops.cond(ops.sum(x) > 0, lambda: x * 2, lambda: -x))
    for sign in (1, -1, 1, 1, -1, 1, -1):
        found = f(sign * ONES)
        np.testing.assert_array_equal(found, 2 * ONES if sign > 0 else ONES)
    assert "matmul" not in f.graph() and f.plan()


def test_only_the_branch_that_counts_assigns():
    v, w = keras.Variable(1.0), keras.Variable(10.0)

    def call(x):
        def add():
            v.assign_add(x)
            return v.value

        def set_both():
            v.assign(x * 0)
            w.assign_add(1.0)
            return w.value

        return ops.cond(x > 0, add, set_both)

    f = function(call)
    expected_v, expected_w = 1.0, 10.0
    for x in (1.0, 2.0, -1.0, 3.0, -1.0, 4.0, 5.0):
        found = float(f(np.float32(x) * np.ones((), "float32")))
        if x > 0:
            expected_v += x
        else:
            expected_v, expected_w = 0.0, expected_w + 1
        assert found == (expected_v if x > 0 else expected_w)
        assert (float(v), float(w)) == (expected_v, expected_w)


def test_gradients_are_those_of_the_branch():
    def call(x):
        with keras.GradientTape() as tape:
            tape.watch(x)
            y = ops.cond(ops.sum(x) > 0, lambda: x**2, lambda: 3 * x)
        return tape.gradient(y, x)

    f = function(call)
    for factor in (1, -1, 2, -2, 3, -3):
        expected = 2 * factor * ONES if factor > 0 else 3 * ONES
        np.testing.assert_allclose(f(factor * ONES), expected)


def test_switch_among_many():
    branches = [lambda x: x, lambda x: 2 * x, lambda x: {"a": 3 * x}["a"]]
    f = function(lambda i, x: ops.switch(i, branches, x))
    for i in (0, 1, 2, 1, 0, 2, -5, 9):
        found = f(np.int32(i) * np.ones((), "int32"), ONES)
        np.testing.assert_array_equal(found, (min(max(i, 0), 2) + 1) * ONES)


def test_structures_and_none():
    f = function(lambda x: ops.cond(x[0] > 0, lambda: (x, None), lambda: (-x, None)))
    for sign in (1, -1, 1, -1, 1):
        y, nothing = f(sign * ONES)
        assert nothing is None
        np.testing.assert_array_equal(y, ONES)


def test_a_choice_within_a_choice():
    v = keras.Variable(0.0)

    def call(x):
        def inner():
            v.assign_add(1.0)
            return ops.cond(v > 2, lambda: v.assign_add(10.0) * 1.0, lambda: v * 1.0)

        return ops.cond(x > 0, inner, lambda: v * 1.0)

    f, total = function(call), 0.0
    for x in (1.0, -1.0, 1.0, 1.0, -1.0, 1.0):
        if x > 0:
            total += 1.0
            total += 10.0 if total > 2 else 0.0
        assert float(f(np.full((), x, "float32"))) == float(v) == total


def test_python_decides_what_is_no_tensor():
    assert not is_recorded_choice(True)
    f = function(lambda x: ops.cond(True, lambda: x, lambda: 1 / 0))
    for _ in range(5):
        np.testing.assert_array_equal(f(ONES), ONES)
