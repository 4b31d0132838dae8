"""Operators on values compute what NumPy's do, in every dtype."""

import ctypes
import math
import operator

import numpy as np
import pytest

from kerasish.backends.llvm.values import (
    Code,
    Value,
    contracted,
    load,
    memory_type,
    register_type,
    store,
    width,
)
from tests.backends.llvm.interpreter import Interpreter, evaluate

INTEGERS = "int8 int16 int32 int64 uint8 uint16 uint32 uint64".split()
FLOATS = ["float32", "float64"]
X = np.array([0.0, 1.5, -2.25, 3.0, 100.5, -0.0, math.inf, -math.inf, math.nan])


def sample(dtype):
    if dtype in FLOATS:
        return X.astype(dtype)
    kind = np.iinfo(dtype)
    given = [0, 1, 3, 7, 100, kind.max, kind.max - 1, kind.min, kind.min + 1]
    return np.array(given, dtype)


def pairs(dtype):
    x, y = np.meshgrid(sample(dtype), sample(dtype))
    return x.ravel(), y.ravel()


@pytest.mark.parametrize("dtype", FLOATS + INTEGERS)
@pytest.mark.parametrize("name", ["add", "sub", "mul"])
def test_arithmetic(name, dtype):
    x, y = pairs(dtype)
    function = getattr(operator, name)
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(evaluate(function, x, y), function(x, y))


@pytest.mark.parametrize("dtype", FLOATS)
def test_division_and_sign_of_floats(dtype):
    x, y = pairs(dtype)
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(evaluate(operator.truediv, x, y), x / y)
        np.testing.assert_array_equal(evaluate(lambda v: 1.0 / v, x), 1 / x)
        np.testing.assert_array_equal(evaluate(lambda v: 1.0 - v, x), 1 - x)
        np.testing.assert_array_equal(evaluate(lambda v: 1.5 + v, x), 1.5 + x)
        np.testing.assert_array_equal(evaluate(lambda v: 2.0 * v, x), 2 * x)
    np.testing.assert_array_equal(evaluate(operator.neg, x), -x)
    np.testing.assert_array_equal(evaluate(lambda v: v.absolute(), x), abs(x))


@pytest.mark.parametrize("dtype", INTEGERS)
def test_integers(dtype):
    x, y = pairs(dtype)
    for name in ("and_", "or_", "xor"):
        function = getattr(operator, name)
        assert evaluate(function, x, y).tolist() == function(x, y).tolist()
    assert evaluate(lambda v: v >> 2, x).tolist() == (x >> 2).tolist()
    assert evaluate(lambda v: v << 1, x).tolist() == (x << 1).tolist()
    assert evaluate(operator.neg, x).tolist() == (-x).tolist()
    small = np.array([0, 1, 7, 100], dtype)
    assert evaluate(lambda v: v / 3, small).tolist() == [0, 0, 2, 33]


@pytest.mark.parametrize("dtype", [*FLOATS, *INTEGERS, "bool"])
@pytest.mark.parametrize("relation", "lt le gt ge eq ne".split())
def test_comparisons(relation, dtype):
    if dtype == "bool" and relation not in ("eq", "ne"):
        return
    x, y = (v.astype(dtype) for v in pairs("uint8" if dtype == "bool" else dtype))
    found = evaluate(lambda a, b: a.compare(relation, b), x, y)
    assert found.tolist() == getattr(operator, relation)(x, y).tolist()


def test_a_choice_takes_numbers_on_either_side():
    x = sample("float32")
    positive = x > 0
    for function, expected in (
        (lambda v: v.compare("gt", 0).choose(v, 0), np.where(positive, x, 0)),
        (lambda v: v.compare("gt", 0).choose(1, v), np.where(positive, 1, x)),
    ):
        np.testing.assert_array_equal(evaluate(function, x), expected)


DTYPES = [*FLOATS, *INTEGERS, "bool"]


@pytest.mark.parametrize("new", DTYPES)
@pytest.mark.parametrize("old", DTYPES)
def test_casts(old, new):
    x = sample("uint8" if old == "bool" else old).astype(old)
    if old in FLOATS and new in INTEGERS:  # what fits; the rest is undefined
        x = np.array([0.0, 1.5, 2.75, 100.5, 0.99], old)
        if new.startswith("i"):
            x = np.concatenate([x, -x])
    with np.errstate(all="ignore"):
        expected = x.astype(new)
        found = evaluate(lambda v: v.cast(new), x)
    assert found.dtype == new
    np.testing.assert_array_equal(found, expected)


def test_negative_floats_wrap_around_as_in_numpy():
    x = np.array([-1.0, -3.5], np.float32)
    assert evaluate(lambda v: v.cast("uint8"), x).tolist() == [255, 253]
    assert evaluate(lambda v: v.cast("uint16"), x).tolist() == [65535, 65533]


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_is_rounded_after_each_operation(dtype):
    ml_dtypes = pytest.importorskip("ml_dtypes")
    kind = ml_dtypes.bfloat16 if dtype == "bfloat16" else np.float16
    rng = np.random.default_rng(0)
    x, y = (rng.normal(0, 9, 2000).astype(kind) for _ in range(2))
    for name in ("add", "sub", "mul", "truediv"):
        function = getattr(operator, name)
        given = (v.astype(np.float32) for v in (x, y))
        found = evaluate(function, *given, dtype=dtype)
        assert found.tolist() == function(x, y).astype(np.float32).tolist()
    wide = np.concatenate([rng.normal(0, 9, 5000), X]).astype(np.float32)
    found = evaluate(lambda v: v.cast(dtype), wide)
    np.testing.assert_array_equal(found, wide.astype(kind).astype(np.float32))
    found = evaluate(lambda v: v.cast("int32").cast(dtype), np.float32([257, 2049]))
    assert found.tolist() == np.array([257, 2049]).astype(kind).tolist()


def test_bfloat16_keeps_nan_whatever_its_bits():
    bits = np.array([0x7F800001, 0x7FFFFFFF, 0xFF800001, 0xFFFFFFFF], np.uint32)
    found = evaluate(lambda v: v.cast("bfloat16"), bits.view(np.float32))
    assert np.isnan(found).all()


@pytest.mark.parametrize("dtype", [*DTYPES, "float16", "bfloat16"])
def test_memory_is_read_and_written(dtype):
    code = Code()
    value = load(code, "%p0", dtype)
    store(value, "%p1")
    size = width(dtype) // 8
    given, out = np.arange(1, 9, dtype=np.uint8), np.zeros(8, np.uint8)
    if dtype == "bool":
        given[0] = 1
    registers = {"%p0": given.ctypes.data, "%p1": out.ctypes.data}
    Interpreter("\n".join(code.lines)).run(registers)
    assert out.tolist() == [*given[:size].tolist(), *[0] * (8 - size)]


def test_any_byte_but_zero_is_true():
    code = Code()
    value = load(code, "%p", "bool")
    byte = ctypes.c_uint8(2)
    pointer = {"%p": ctypes.addressof(byte)}
    assert Interpreter("\n".join(code.lines)).run(pointer)[value.name]


def test_variables():
    code = Code()
    place = code.allocate("int64")
    assert code.allocations == [f"  {place} = alloca i64"]
    code.do(f"store i64 5, ptr {place}")
    value = code.put(f"load i64, ptr {place}", "int64")
    text = "\n".join(code.allocations + code.lines)
    assert Interpreter(text).run()[value.name] == 5


@pytest.mark.parametrize(
    ("value", "dtype", "literal"),
    [
        (True, "bool", "true"),
        (0, "bool", "false"),
        (-3, "int8", "-3"),
        (2.0, "int64", "2"),
        (1.0, "float64", "0x3FF0000000000000"),
        (0.1, "float32", "0x3FB99999A0000000"),
        (0.1, "float64", "0x3FB999999999999A"),
        (-math.inf, "float16", "0xFFF0000000000000"),
    ],
)
def test_literals(value, dtype, literal):
    assert Code().constant(value, dtype).name == literal


def test_types():
    assert [register_type(d) for d in ("float16", "float64", "bool", "uint8")] == [
        *("float", "double", "i1", "i8")
    ]
    assert [memory_type(d) for d in ("float16", "bfloat16", "bool", "int32")] == [
        *("half", "i16", "i8", "i32")
    ]
    assert [width(d) for d in ("bool", "bfloat16", "float32", "uint64")] == [
        8,
        16,
        32,
        64,
    ]


def test_functions_are_declared_once():
    code = Code()
    x = Value(code, "%x", "float32")
    x.intrinsic("maximum", x.intrinsic("maximum", 1.0))
    assert code.declared == {"declare float @llvm.maximum.f32(float, float)"}


def test_only_approximations_are_contracted():
    code = Code()
    x = Value(code, "%x", "float32")

    @contracted
    def function(x):
        return x * 2.0

    function(x)
    assert x.code.flags == ""
    x * 3.0
    assert ["contract" in line for line in code.lines] == [True, False]
