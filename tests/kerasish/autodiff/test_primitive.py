"""The declaration of primitives: binding, casting, shapes, derivatives."""

import pytest

from kerasish import ops
from kerasish.autodiff import (
    PRIMITIVES,
    GradientTape,
    KerasTensor,
    defvjp,
    keep,
    nondifferentiable,
    primitive,
)
from kerasish.autodiff.primitive import add_gradients, cast_to
from kerasish.core.errors import ArgumentTypeError, GradientError, ShapeError
from kerasish.ops import specs


@pytest.fixture(autouse=True)
def registry():
    """Takes out what the tests declare."""
    known = dict(PRIMITIVES)
    yield
    PRIMITIVES.clear()
    PRIMITIVES.update(known)


def declare():
    @primitive(spec=specs.same, cast=keep, static=("shift",))
    def scaled(x, shift, factor=2):
        return x * factor + shift

    return scaled


def test_arguments_are_bound_as_python_binds_them():
    scaled = declare()
    assert PRIMITIVES["scaled"] is scaled
    for y in (
        scaled([1.0], 3),
        scaled([1.0], shift=3),
        scaled(x=[1.0], shift=3),
        scaled([1.0], 3, 2),
        scaled([1.0], factor=2, shift=3),
        scaled(shift=3, x=[1.0], factor=2),
    ):
        assert y.tolist() == [5.0]
    assert scaled([1.0], 0, 10).tolist() == [10.0]


@pytest.mark.parametrize(
    "args, kwargs",
    [
        ((), {}),
        (([1.0], 1, 2, 3), {}),
        (([1.0],), {"shift": 1, "other": 2}),
        ((), {"shift": 1}),
    ],
)
def test_wrong_calls_show_the_signature(args, kwargs):
    message = r"`scaled\(x, shift, factor\)` was called with \d positional arguments"
    with pytest.raises(ArgumentTypeError, match=message):
        declare()(*args, **kwargs)


def test_shown():
    assert repr(declare()) == "<primitive scaled>"


def test_symbolic_calls_use_the_shape_rule():
    made = declare()(KerasTensor((None, 3), "int8"), 1)
    assert isinstance(made, KerasTensor)
    assert (made.shape, made.dtype) == ((None, 3), "int8")
    assert made._keras_history.operation.name == "scaled"


def test_shapes_that_do_not_fit_are_named():
    for x in ([1, 2], KerasTensor((2,))):
        with pytest.raises(ShapeError, match=r"not broadcast together.*\(2,\), \(3,\)"):
            ops.add(x, [1, 2, 3])


def test_errors_of_a_kernel_pass_where_the_rule_finds_nothing():
    @primitive(spec=specs.same)
    def broken(x):
        raise ValueError("the kernel's own words")

    with pytest.raises(ValueError, match="the kernel's own words"):
        broken([1.0])


def test_several_outputs():
    @primitive(spec=lambda x: (x, x))
    def twice_and_thrice(x):
        return 2 * x, 3 * x

    defvjp(twice_and_thrice, lambda g, y, x: 2 * g[0] + 3 * g[1])
    x = ops.convert_to_tensor([1.0, 2.0])
    with GradientTape(persistent=True) as tape:
        tape.watch(x)
        a, b = twice_and_thrice(x)
    assert tape.gradient(b, x).tolist() == [3, 3]
    assert tape.gradient([a, b], x).tolist() == [5, 5]
    a, b = twice_and_thrice(KerasTensor((2,)))
    assert a.shape == b.shape == (2,)


def test_any_number_of_inputs():
    @primitive(spec=lambda *xs, factor: xs[0])
    def total(*xs, factor=1):
        return sum(xs) * factor

    defvjp(total, lambda g, y, index, *xs, factor: g * (factor * (index + 1)))
    xs = [ops.convert_to_tensor(float(i)) for i in range(3)]
    with GradientTape() as tape:
        tape.watch(xs)
        y = total(*xs, factor=2)
    assert y.item() == 6
    assert [g.item() for g in tape.gradient(y, xs)] == [2, 4, 6]


def test_an_input_without_gradient():
    x, i = ops.convert_to_tensor(1.0), ops.convert_to_tensor(2.0)

    @primitive(spec=specs.broadcast)
    def first_only(x, i):
        return x * i

    defvjp(first_only, lambda g, y, x, i: g * i, None)
    with GradientTape() as tape:
        tape.watch([x, i])
        y = first_only(x, i)
    assert [g and g.item() for g in tape.gradient(y, [x, i])] == [2.0, None]


def test_no_derivative_is_an_error_and_none_on_purpose_is_not():
    x = ops.convert_to_tensor([1.0])
    scaled = declare()
    with GradientTape() as tape:
        tape.watch(x)
        y = scaled(x, 1)
    with pytest.raises(GradientError, match="`scaled` has no derivative"):
        tape.gradient(y, x)
    nondifferentiable(scaled, "is constant")
    with GradientTape() as tape:
        tape.watch(x)
        y = scaled(x, 1)
    assert tape.gradient(y, x) is None
    assert scaled.reason == "is constant"


def test_defvjp_counts_its_functions():
    with pytest.raises(GradientError, match="`scaled` needs 1 functions. Received: 2"):
        defvjp(declare(), None, None)


def test_casts_pass_the_gradient_on_in_the_dtype_of_the_input():
    x = ops.convert_to_tensor([1.0, 2.0])
    with GradientTape() as tape:
        tape.watch(x)
        y = cast_to(x, dtype="float64") * 2
    g = tape.gradient(y, x)
    assert (g.dtype, g.tolist()) == ("float32", [2, 2])


def test_adding_gradients_is_differentiable():
    x = ops.convert_to_tensor(3.0)
    with GradientTape() as outer:
        outer.watch(x)
        with GradientTape() as inner:
            inner.watch(x)
            y = x * x * x + x * x  # x is used several times
        g = inner.gradient(y, x)
    assert g.item() == 27 + 6
    assert outer.gradient(g, x).item() == 18 + 2
    assert add_gradients(x, x).item() == 6
