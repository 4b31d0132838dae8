"""Element-wise steps compute what the primitives' own kernels do."""

import numpy as np
import pytest

from kerasish.backends.numpy_lowering import lower
from kerasish.backends.numpy_lowering.elementwise import (
    ELEMENTWISE,
    IN_PLACE,
    choosing,
)
from kerasish.backends.numpy_lowering.ufuncs import UFUNCS
from tests.backends.numpy_lowering.lowered import check, check_in_place, kernel, numbers

TWO = {
    *("add", "add_gradients", "arctan2", "divide", "equal", "floor_divide", "fmod"),
    *("greater", "greater_equal", "hypot", "less", "less_equal", "logaddexp"),
    *("maximum", "minimum", "mod", "multiply", "nextafter", "not_equal", "power"),
    "subtract",
}
BITS = {n for n in UFUNCS if n.startswith("bitwise_")}
INTEGERS = {"gcd", "left_shift", "right_shift", *BITS}
LOGIC = {n for n in UFUNCS if n.startswith("logical_")}
FLOATS = sorted({*UFUNCS, "fabs", "relu", "rsqrt", "sigmoid", "softplus", "signbit",
                 "_round", "divide_no_nan"} - INTEGERS - LOGIC)  # fmt: skip
SHAPES = [(3, 4), (), (0, 4)]


def operands(name, shape, dtype):
    count = 1 + (name in {*TWO, "divide_no_nan"})
    arrays = [numbers(f"{name}{i}", *shape, dtype=dtype) for i in range(count)]
    if name == "arccosh":
        arrays[0] += 1
    return arrays


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("name", FLOATS)
def test_floats(name, dtype, shape):
    rtol = 2e-3 if dtype == "float16" else 1e-6
    check(name, operands(name, shape, dtype), rtol)


@pytest.mark.parametrize(
    "name", ["add", "exp", "greater", "log", "maximum", "multiply", "relu", "sigmoid"]
)
def test_bfloat16(name):
    kind = pytest.importorskip("ml_dtypes").bfloat16
    check(name, operands(name, (3, 4), kind), 1e-2)


@pytest.mark.parametrize("dtype", ["int32", "int64", "uint8"])
@pytest.mark.parametrize(
    "name", sorted(INTEGERS | {"add", "mod", "fmod", "floor_divide"})
)
def test_integers(name, dtype):
    arrays = [np.arange(1, 7, dtype=dtype), np.array([2, 2, 1, 4, 3, 3], dtype)]
    check(name, arrays[: 1 if name == "bitwise_invert" else 2])


@pytest.mark.parametrize("name", ["_round", "signbit", "isnan", "isfinite", "isinf"])
def test_integers_have_no_fractions(name):
    check(name, [np.array([3, -2, 0], "int32")])


@pytest.mark.parametrize("name", sorted(LOGIC))
def test_logic(name):
    arrays = [np.array([True, False, True]), np.array([True, True, False])]
    check(name, arrays[: 1 if name == "logical_not" else 2])


@pytest.mark.parametrize("name", ["add", "multiply", "less", "maximum"])
def test_booleans(name):
    check(name, [np.array([True, False, True]), np.array([True, True, False])])


@pytest.mark.parametrize("shapes", [((3, 4), (), (4,)), ((3, 4), (3, 4), (3, 4))])
def test_clipping(shapes):
    low, high = numbers("l", *shapes[1], high=0.3), numbers("h", *shapes[2], low=0.6)
    check("_clip", [numbers("x", *shapes[0]), low, high])


CHOICES = [
    ((3, 1), (3, 4), (4,)),
    ((3, 4), (), (3, 4)),
    ((40, 50), (40, 50), (40, 50)),
    ((40, 1), (), (40, 50)),
    ((), (40, 50), (50,)),
    ((0,), (0,), (0,)),
]


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "int32", "bool"])
@pytest.mark.parametrize("shapes", CHOICES, ids=str)
def test_choosing(shapes, dtype):
    condition = np.asarray(numbers("c", *shapes[0]) > 0.5)
    x1, x2 = (
        numbers(n, *s, high=9).astype(dtype)
        for n, s in zip("ab", shapes[1:], strict=True)
    )
    check("_choose", [condition, x1, x2])


@pytest.mark.parametrize("shape", [(3, 4), (40, 50)])
@pytest.mark.parametrize("which", [1, 2])
def test_a_choice_may_be_written_over_either_operand(shape, which):
    arrays = [numbers("c", *shape) > 0.5, numbers("a", *shape), numbers("b", *shape)]
    check_in_place("_choose", arrays, which)


def test_choosing_keeps_bits():
    condition = np.array([True, False] * 4)
    x1, x2 = np.full(8, np.nan, "float32"), np.full(8, -0.0, "float32")
    out = np.ones(8, "float32")
    choosing(condition, x1, x2, out)()
    assert np.isnan(out[::2]).all()
    assert np.signbit(out[1::2]).all()


@pytest.mark.parametrize("dtype", ["int32", "float16", "float64", "bool", "complex64"])
@pytest.mark.parametrize("source", ["float32", "int64", "bool", "complex64"])
def test_casting(source, dtype):
    check("cast_to", [numbers("x", 3, 4, high=9).astype(source)], dtype=dtype)


@pytest.mark.parametrize("size", [2**17, 5003 * 20])
def test_large_relu(size):
    x = np.linspace(-3, 3, size, dtype="float32").reshape(-1, 4)
    x[3] = np.nan
    check("relu", [x])


def test_division_by_zero_without_nan():
    x1, x2 = np.array([1.0, np.nan, 1.0, np.inf]), np.array([0.0, 0.0, -0.0, 2.0])
    out = np.full(4, 7.0)
    with np.errstate(all="ignore"):
        lower("divide_no_nan", {}, [x1, x2], [out])()
    assert out.tolist() == [0.0, 0.0, 0.0, np.inf]


@pytest.mark.parametrize("name", sorted(IN_PLACE - LOGIC - {"_choose"}))
def test_operands_may_be_written_over(name):
    """Every operand in turn is the output; the other ones stay as they are."""
    if name in INTEGERS:
        arrays = [np.arange(1, 7, dtype="int32"), np.array([2, 2, 1, 4, 3, 3], "int32")]
        arrays = arrays[: 1 if name == "bitwise_invert" else 2]
    elif name == "_clip":
        arrays = [
            numbers("x", 12),
            numbers("l", 12, high=0.3),
            numbers("h", 12, low=0.6),
        ]
    else:
        arrays = operands(name, (12,), "float32")
    if kernel(name, *arrays).dtype != arrays[0].dtype:
        return  # no operand has the shape and dtype of the result
    for which in range(len(arrays)):
        check_in_place(name, arrays, which)


def test_every_form_is_tested():
    tested = {*FLOATS, *INTEGERS, *LOGIC, "_choose", "_clip", "cast_to"}
    assert set(ELEMENTWISE) <= tested | {"_conj", "_complex"}


def test_complex_numbers_are_conjugated():
    check("_conj", [np.array([1 + 2j, 3 - 1j], "complex64")])


def test_complex_numbers_are_joined():
    check("_complex", [numbers("re", 3, 4), numbers("im", 3, 4)])
