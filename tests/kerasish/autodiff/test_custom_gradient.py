"""Functions that bring their own derivative."""

import pytest

from kerasish import ops
from kerasish.autodiff import (
    GradientTape,
    KerasTensor,
    Variable,
    contained_gradient,
    custom_gradient,
)
from kerasish.core.errors import GradientError


@custom_gradient
def tenfold(x):
    """Doubles, and says that the slope is 10."""
    return x * 2, lambda g: g * 10


def test_the_gradient_given_is_used():
    x = ops.convert_to_tensor([1.0, 2.0])
    with GradientTape() as tape:
        tape.watch(x)
        y = tenfold(x) * 3
    assert y.tolist() == [6, 12]
    assert tape.gradient(y, x).tolist() == [30, 30]
    assert tenfold.__name__ == "tenfold"
    assert tenfold(2.0).item() == 4


def test_variables_as_arguments():
    v = Variable(3.0)
    with GradientTape() as tape:
        y = tenfold(v)
    assert tape.gradient(y, v).item() == 10


def test_several_arguments_and_results():
    @custom_gradient
    def swap(a, b):
        def grad(first, second):
            return first * 2, second * 3

        return (b, a), grad

    a, b = ops.convert_to_tensor(1.0), ops.convert_to_tensor(2.0)
    with GradientTape() as tape:
        tape.watch([a, b])
        first, second = swap(a, b)
        y = first * 10 + second
    assert (first.item(), second.item()) == (2, 1)
    assert [g.item() for g in tape.gradient(y, [a, b])] == [20, 3]


def test_second_derivatives_go_through_the_gradient_function():
    @custom_gradient
    def cube(x):
        return x * x * x, lambda g: g * 3 * x * x

    x = ops.convert_to_tensor(2.0)
    with GradientTape() as outer:
        outer.watch(x)
        with GradientTape() as inner:
            inner.watch(x)
            y = cube(x)
        g = inner.gradient(y, x)
    assert g.item() == 12
    assert outer.gradient(g, x).item() == 12


def test_an_argument_without_gradient():
    @custom_gradient
    def scale(x, by):
        return x * by, lambda g: (g * by, None)

    x = Variable(2.0)
    by = Variable(5.0)
    with GradientTape() as tape:
        y = scale(x, by)
    gx, gby = tape.gradient(y, [x, by])
    assert (gx.item(), gby) == (5, None)


def test_variables_that_are_read_inside():
    w = Variable(3.0)

    @custom_gradient
    def weigh(x):
        def grad(g, variables=None):
            assert variables == [w]
            return g * 100, [g * 7]

        return x * w, grad

    x = ops.convert_to_tensor(2.0)
    with GradientTape() as tape:
        tape.watch(x)
        y = weigh(x)
    assert [g.item() for g in tape.gradient(y, [x, w])] == [100, 7]


def test_a_gradient_function_must_take_the_variables():
    w = Variable(3.0, name="w")

    @custom_gradient
    def weigh(x):
        return x * w, lambda g: g

    with (
        GradientTape(),
        pytest.raises(GradientError, match="`weigh` reads .* w, so the"),
    ):
        weigh(2.0)
    assert weigh(2.0).item() == 6


def test_one_gradient_for_each_argument():
    @custom_gradient
    def wrong(x):
        return x * 1, lambda g: (g, g)

    v = Variable(1.0)
    with GradientTape() as tape:
        y = wrong(v)
    with pytest.raises(GradientError, match="each of its 1 arguments. Received: 2"):
        tape.gradient(y, v)


def test_symbolic_calls():
    made = tenfold(KerasTensor((None, 2)))
    assert made.shape == (None, 2)


def test_what_a_contained_function_computes_is_not_kept_by_a_lone_tape():
    @contained_gradient
    def cube(x):
        square = x * x
        return square * x, lambda g: g * square * 3

    x = ops.convert_to_tensor([2.0, 3.0])
    with GradientTape() as tape:
        tape.watch(x)
        y = cube(x)
    assert len(tape._records) == 1
    assert tape.gradient(y, x).tolist() == [12.0, 27.0]
    with GradientTape() as outer:
        outer.watch(x)
        with GradientTape() as tape:
            tape.watch(x)
            y = cube(x)
        slope = tape.gradient(y, x)
    assert outer.gradient(slope, x).tolist() == [12.0, 18.0]
    with GradientTape(persistent=True) as tape:
        tape.watch(x)
        slope = tape.gradient(cube(x), x)
    assert tape.gradient(slope, x).tolist() == [12.0, 18.0]
