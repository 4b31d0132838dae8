"""Each element-wise primitive computes what NumPy's function does."""

import math

import numpy as np
import pytest
from scipy import special

from kerasish.backends.llvm.elements import (
    ELEMENTS,
    EXPENSIVE,
    LIBRARY,
    combine,
    maximum,
    minimum,
)
from kerasish.backends.llvm.values import Code, Value
from tests.backends.llvm.interpreter import evaluate

INF, NAN = math.inf, math.nan
FLOATS = np.array(
    [0.0, -0.0, 0.25, -0.25, 0.5, 1.0, -1.0, 1.5, 2.5, -2.5, 7.0, 1e-30, INF, -INF, NAN]
)
INTEGERS = {
    "int32": np.array([0, 1, -1, 5, -7, 2**31 - 1, -(2**31)], np.int32),
    "uint8": np.array([0, 1, 5, 127, 128, 255], np.uint8),
}
BOOLEANS = np.array([True, False])


def divide_no_nan(x, y):
    return np.where(y == 0, 0, x / np.where(y == 0, 1, y))


# By the dtypes of the operands: "f" floats, "i" integers, "b" booleans.
UNARY = {
    "_round": (np.round, "fi"),
    "_stop_gradient": (np.copy, "fib"),
    "absolute": (np.abs, "fi"),
    "arccos": (np.arccos, "f"),
    "arccosh": (np.arccosh, "f"),
    "arcsin": (np.arcsin, "f"),
    "arcsinh": (np.arcsinh, "f"),
    "arctan": (np.arctan, "f"),
    "arctanh": (np.arctanh, "f"),
    "cbrt": (np.cbrt, "f"),
    "ceil": (np.ceil, "fi"),
    "cos": (np.cos, "f"),
    "cosh": (np.cosh, "f"),
    "erf": (special.erf, "f"),
    "erfc": (special.erfc, "f"),
    "exp": (np.exp, "f"),
    "exp2": (np.exp2, "f"),
    "expm1": (np.expm1, "f"),
    "fabs": (np.fabs, "f"),
    "floor": (np.floor, "fi"),
    "isfinite": (np.isfinite, "fi"),
    "isinf": (np.isinf, "fi"),
    "isnan": (np.isnan, "fi"),
    "log": (np.log, "f"),
    "log10": (np.log10, "f"),
    "log1p": (np.log1p, "f"),
    "log2": (np.log2, "f"),
    "logical_not": (np.logical_not, "b"),
    "negative": (np.negative, "fi"),
    "relu": (lambda x: np.maximum(x, 0), "fib"),
    "rsqrt": (lambda x: 1 / np.sqrt(x), "f"),
    "sigmoid": (special.expit, "f"),
    "sign": (np.sign, "fi"),
    "sin": (np.sin, "f"),
    "sinh": (np.sinh, "f"),
    "softplus": (lambda x: np.logaddexp(0, x), "f"),
    "sqrt": (np.sqrt, "f"),
    "square": (np.square, "fi"),
    "tan": (np.tan, "f"),
    "tanh": (np.tanh, "f"),
    "trunc": (np.trunc, "fi"),
}
BINARY = {
    "add": (np.add, "fib"),
    "add_gradients": (np.add, "fi"),
    "arctan2": (np.arctan2, "f"),
    "bitwise_and": (np.bitwise_and, "ib"),
    "bitwise_or": (np.bitwise_or, "ib"),
    "bitwise_xor": (np.bitwise_xor, "ib"),
    "divide": (np.divide, "f"),
    "divide_no_nan": (divide_no_nan, "f"),
    "equal": (np.equal, "fib"),
    "greater": (np.greater, "fib"),
    "greater_equal": (np.greater_equal, "fib"),
    "hypot": (np.hypot, "f"),
    "less": (np.less, "fib"),
    "less_equal": (np.less_equal, "fib"),
    "logaddexp": (np.logaddexp, "f"),
    "logical_and": (np.logical_and, "b"),
    "logical_or": (np.logical_or, "b"),
    "logical_xor": (np.logical_xor, "b"),
    "maximum": (np.maximum, "fib"),
    "minimum": (np.minimum, "fib"),
    "multiply": (np.multiply, "fib"),
    "not_equal": (np.not_equal, "fib"),
    "power": (np.power, "f"),
    "subtract": (np.subtract, "fi"),
}
OTHER = {"_choose", "_clip", "_keep", "right_shift"}


def samples(kinds):
    """Yields operands of each dtype of some kinds."""
    if "f" in kinds:
        yield from (FLOATS.astype(d) for d in ("float32", "float64"))
    if "i" in kinds:
        yield from INTEGERS.values()
    if "b" in kinds:
        yield BOOLEANS


def check(name, reference, *given):
    with np.errstate(all="ignore"):
        found = evaluate(ELEMENTS[name], *given)
        expected = reference(*(_wide(x) for x in given))
        expected = np.asarray(expected).astype(found.dtype)
    rtol = {"float32": 3e-7, "float64": 2e-15}.get(found.dtype.name, 0)
    # The least numbers of a dtype have fewer digits.
    atol = 3e-45 if found.dtype == np.float32 else 0
    np.testing.assert_allclose(found, expected, rtol=rtol, atol=atol, err_msg=name)


def _wide(x):
    return x.astype(np.float64) if x.dtype == np.float32 else x


def test_all_are_tested():
    assert {*UNARY, *BINARY, *OTHER} == set(ELEMENTS)


@pytest.mark.parametrize("name", UNARY)
def test_of_one_operand(name):
    reference, kinds = UNARY[name]
    for x in samples(kinds):
        check(name, reference, x)


@pytest.mark.parametrize("name", BINARY)
def test_of_two_operands(name):
    reference, kinds = BINARY[name]
    for x in samples(kinds):
        check(name, reference, *(v.ravel() for v in np.meshgrid(x, x)))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("name", ["rsqrt", "divide_no_nan", "divide", "sqrt", "floor"])
def test_half_precision_rounds_once(name, dtype):
    kind = pytest.importorskip("ml_dtypes").bfloat16 if dtype[0] == "b" else dtype
    reference = {**UNARY, **BINARY}[name][0]
    rng = np.random.default_rng(0)
    given = [rng.uniform(0.1, 9, 1000).astype(kind).astype(np.float32)]
    given += [given[0][::-1].copy()] * (name in BINARY)
    found = evaluate(ELEMENTS[name], *given, dtype=dtype)
    expected = reference(*given).astype(kind).astype(np.float32)
    assert found.tolist() == expected.tolist()


def test_of_three_operands():
    x, low, high = np.float32([-1, 0.5, 3, NAN]), np.float32(0), np.float32(1)
    found = evaluate(ELEMENTS["_clip"], x, low, high)
    np.testing.assert_array_equal(found, [0, 0.5, 1, NAN])
    found = evaluate(ELEMENTS["_choose"], BOOLEANS, np.float32(3), np.float32([4, 5]))
    assert found.tolist() == [3, 5]
    bits, limit = np.uint32([7, 8, 2**32 - 1]), np.uint32(8)
    found = evaluate(
        ELEMENTS["_keep"], np.float32([1, 2, 3]), bits, limit, np.float32(2)
    )
    assert found.tolist() == [0, 4, 6]


def test_shifts():
    found = evaluate(ELEMENTS["right_shift"], np.int32([-8, 9]), np.int32([1, 2]))
    assert found.tolist() == [-4, 2]
    found = evaluate(ELEMENTS["right_shift"], np.uint8([200, 9]), np.uint8([1, 2]))
    assert found.tolist() == [100, 2]


@pytest.mark.parametrize("dtype", ["float32", "int32", "uint8", "bool"])
def test_partial_results_are_joined(dtype):
    x = {"float32": FLOATS.astype("float32"), "bool": BOOLEANS, **INTEGERS}[dtype]
    x, y = (v.ravel() for v in np.meshgrid(x, x))
    with np.errstate(all="ignore"):
        for kind, function, reference in (
            ("sum", None, np.add),
            ("max", maximum, np.maximum),
            ("min", minimum, np.minimum),
        ):
            expected = reference(x, y)
            found = evaluate(lambda a, b, kind=kind: combine(kind, a, b), x, y)
            np.testing.assert_array_equal(found, expected)
            if function is not None:
                np.testing.assert_array_equal(evaluate(function, x, y), expected)


def test_dear_functions_are_those_that_take_many_instructions():
    assert {"exp", "erf", "log1p", "power", "arctan2"} <= EXPENSIVE <= set(ELEMENTS)
    assert not {"add", "sqrt", "logical_and", "_clip", "square"} & EXPENSIVE


def test_functions_of_the_library_are_listed():
    called = set()
    for name in (*UNARY, *BINARY):
        code = Code()
        x = Value(code, "%x", "float64")
        if "f" in {**UNARY, **BINARY}[name][1]:
            ELEMENTS[name](*[x] * (1 + (name in BINARY)))
        called |= {line.split("@")[1].split("(")[0] for line in code.declared}
    assert {name for name in called if not name.startswith("llvm.")} == set(LIBRARY)
