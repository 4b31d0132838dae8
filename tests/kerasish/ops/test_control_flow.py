"""Branches and loops: values, derivatives, symbolic use, what is refused."""

import numpy as np
import pytest

from kerasish import ops
from kerasish.autodiff import GradientTape, KerasTensor, Variable, check_gradients
from kerasish.core.errors import ArgumentError, ArgumentTypeError


def test_cond_calls_only_the_branch_taken():
    called = []
    y = ops.cond(ops.convert_to_tensor(False), lambda: called.append(1), lambda: (1, 2))
    assert (y, called) == ((1, 2), [])


def test_cond_on_a_symbolic_condition_chooses():
    pred, x = KerasTensor((), "bool"), KerasTensor((2,))
    y = ops.cond(pred, lambda: x + 1, lambda: x * 2)
    assert (y.shape, y.dtype) == ((2,), "float32")


def test_switch_moves_the_index_into_the_range():
    branches = [lambda x: x, lambda x: x * 10]
    assert [ops.switch(i, branches, 3) for i in (-1, 0, 1, 7)] == [3, 3, 30, 30]
    y = ops.switch(KerasTensor((), "int32"), branches, KerasTensor((None, 3)))
    assert y.shape == (None, 3)
    with pytest.raises(ArgumentError, match="at least one function"):
        ops.switch(0, [])


def test_while_loop_keeps_the_structure_and_stops():
    made = ops.while_loop(lambda i, s: i < 4, lambda i, s: [i + 1, s + i], [0, 0])
    assert made == [4, 6]
    found = ops.while_loop(
        lambda i: True, lambda i: i + 1, (ops.convert_to_tensor(0),), 5
    )
    assert [int(x) for x in found] == [5]
    with pytest.raises(ArgumentTypeError, match="`while_loop` depends on values"):
        ops.while_loop(lambda i: i < 1, lambda i: i, KerasTensor(()))


def test_while_loop_has_a_derivative():
    x = Variable(3.0)
    with GradientTape() as tape:
        _, y = ops.while_loop(
            lambda i, y: i < 3, lambda i, y: (i + 1, y * x), (0, ops.ones(()))
        )
    assert float(tape.gradient(y, x)) == 27.0


def test_fori_loop_counts():
    seen = []
    ops.fori_loop(2, ops.convert_to_tensor(5), lambda i, s: seen.append(i), None)
    assert seen == [2, 3, 4]


@pytest.mark.parametrize("function", [ops.map, ops.vectorized_map])
def test_map_takes_structures(function, rng):
    a, b = rng.normal(size=(3, 2)), rng.normal(size=(3,))
    made = function(lambda row: {"y": row[0] * row[1]}, (a, b))
    np.testing.assert_allclose(made["y"], a * b[:, None])
    with pytest.raises(ArgumentError, match="first axes have one known size"):
        function(lambda row: row, (a, b[:2]))
    with pytest.raises(ArgumentError, match="nothing to stack"):
        function(lambda x: x, a[:0])


@pytest.mark.parametrize("reverse", [False, True])
def test_scan_carries_a_state(reverse, rng):
    x = rng.normal(size=(4, 2))
    last, sums = ops.scan(lambda s, r: (s + r, s + r), np.zeros(2), x, reverse=reverse)
    turned = x[::-1] if reverse else x
    expected = np.cumsum(turned, 0)
    np.testing.assert_allclose(last, expected[-1])
    np.testing.assert_allclose(sums, expected[::-1] if reverse else expected)


def test_scan_without_xs_and_its_errors():
    last, made = ops.scan(lambda s, _: (s * 2, s), 1, length=3)
    assert (last, made.tolist()) == (8, [1, 2, 4])
    assert ops.scan(lambda s, _: (s, None), 1, length=2) == (1, None)
    with pytest.raises(ArgumentError, match="needs `xs` or `length`"):
        ops.scan(lambda s, x: (s, x), 0)
    with pytest.raises(ArgumentError, match="length=3"):
        ops.scan(lambda s, x: (s, x), 0, np.ones(2), length=3)
    with pytest.raises(ArgumentTypeError, match="must be callable"):
        ops.scan(1, 0, np.ones(2))


def test_scan_has_derivatives(rng):
    def run(x, s):
        return ops.scan(lambda s, r: (s * r, ops.sin(s)), s, x)

    check_gradients(run, rng.normal(size=(3, 2)), rng.normal(size=2), order=2)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("size", [1, 2, 5, 8])
def test_associative_scan_is_the_running_combination(size, reverse, rng):
    x = rng.normal(size=(2, size))
    made = ops.associative_scan(ops.multiply, x, reverse=reverse, axis=-1)
    turned = x[:, ::-1] if reverse else x
    expected = np.cumprod(turned, 1)
    np.testing.assert_allclose(made, expected[:, ::-1] if reverse else expected)


def test_associative_scan_of_a_structure():
    # Composition of y -> a * y + b.
    def compose(first, second):
        return {
            "a": first["a"] * second["a"],
            "b": second["a"] * first["b"] + second["b"],
        }

    a, b = np.array([2.0, 3.0, 4.0]), np.array([1.0, 1.0, 1.0])
    made = ops.associative_scan(compose, {"a": a, "b": b})
    assert made["a"].tolist() == [2, 6, 24]
    assert made["b"].tolist() == [1, 4, 17]
    with pytest.raises(ArgumentError, match="axes have one known size"):
        ops.associative_scan(compose, {"a": a, "b": b[:2]})
    with pytest.raises(ArgumentTypeError, match="must be callable"):
        ops.associative_scan(None, a)


def test_vectorize_broadcasts():
    function = ops.vectorize(lambda a, b, c: a + b if c else a - b, excluded=(2,))
    found = function([[1], [2]], [10, 20], True)
    assert found.tolist() == [[11, 21], [12, 22]]
    with pytest.raises(ArgumentError, match="takes no `signature`"):
        ops.vectorize(lambda a: a, signature="(n)->()")
    with pytest.raises(ArgumentTypeError, match="must be callable"):
        ops.vectorize(3)
