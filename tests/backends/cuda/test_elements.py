"""Expressions of primitives, and literals, as C has them."""

import math

import numpy as np
import pytest

from kerasish.backends.cuda.chain import lower_chain
from kerasish.backends.cuda.elements import expression, literal, register
from tests.backends.cuda import emulation
from tests.backends.llvm.chain_builder import ChainBuilder
from tests.backends.llvm.random_chains import BINARY, LIMITED, LOGICAL, TABLE

FLOAT_NAMES = sorted({*TABLE} - {*LOGICAL, "_choose", "_clip"} - {
    name for name in TABLE if name.startswith("bitwise")})  # fmt: skip
EXTRA = {
    "arccos": np.arccos, "arccosh": np.arccosh, "arcsin": np.arcsin,
    "arctanh": np.arctanh, "cosh": np.cosh, "exp2": np.exp2, "fabs": np.fabs,
    "log10": np.log10, "log2": np.log2, "sinh": np.sinh, "tan": np.tan,
}  # fmt: skip
VALUES = [0.0, -0.0, 0.5, -0.5, 1.5, 2.5, -3.25, 20.0, math.inf, -math.inf, math.nan]


def special(dtype, names):
    """Returns what each primitive makes of special numbers, and what NumPy does."""
    b = ChainBuilder()
    x, y = b.input(11, 1, dtype=dtype), b.input(1, 11, dtype=dtype)
    outputs, expected = [], []
    values = np.array(VALUES, dtype)
    for name in names:
        function = EXTRA.get(name) or TABLE.get(name)
        function = LIMITED[name][0] if name in LIMITED else function
        pair = [x, y] if name in BINARY else [x]
        arrays = [values[:, None], values[None]][: len(pair)]
        with np.errstate(all="ignore"):
            made = np.asarray(function(*arrays))
        outputs.append(b.call(name, *pair, shape=made.shape, dtype=made.dtype.name))
        expected.append(made)
    chain = b.chain(*outputs)
    given = [emulation.array(values[:, None]), emulation.array(values[None])]
    found = [emulation.empty(e.shape, e.dtype) for e in expected]
    lower_chain(chain, given, found)()
    return zip(names, found, expected, strict=True)


@emulation.needs_compiler
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_special_numbers(monkeypatch, dtype):
    emulation.install(monkeypatch)
    names = [n for n in [*FLOAT_NAMES, *EXTRA] if n != "logaddexp" or dtype]
    for name, found, expected in special(dtype, names):
        rtol = 4 * np.finfo(dtype).eps
        np.testing.assert_allclose(found, expected, rtol=rtol, atol=0, err_msg=name)


@emulation.needs_compiler
def test_conversions_wrap_as_numpys_do(monkeypatch):
    emulation.install(monkeypatch)
    b, targets = ChainBuilder(), ["uint8", "int8", "uint16", "int64", "bool", "float16"]
    x = b.input(6)
    values = np.array([0, 1.75, -1, 3.5, -100, 0.1], "float32")
    chain = b.chain(
        *(b.call("cast_to", x, shape=(6,), dtype=dtype) for dtype in targets)
    )
    found = [emulation.empty((6,), dtype) for dtype in targets]
    lower_chain(chain, [emulation.array(values)], found)()
    for made, dtype in zip(found, targets, strict=True):
        wide = values.astype("int64") if "int" in dtype else values
        assert made.tolist() == wide.astype(dtype).tolist()


@emulation.needs_compiler
def test_half_precision_in_and_out(monkeypatch):
    emulation.install(monkeypatch)
    b = ChainBuilder()
    x = b.input(2**16, dtype="float16")
    chain = b.chain(b.call("cast_to", x, shape=(2**16,), dtype="float32"))
    halves = np.arange(2**16, dtype=np.uint16).view(np.float16)
    wide = emulation.empty((2**16,), "float32")
    lower_chain(chain, [emulation.array(halves)], [wide])()
    np.testing.assert_array_equal(wide, halves.astype("float32"))
    b = ChainBuilder()
    x = b.input(5000)
    chain = b.chain(b.call("cast_to", x, shape=(5000,), dtype="float16"))
    given = np.random.default_rng(0).normal(size=5000).astype("float32")
    given *= np.float32(10.0) ** np.arange(-9, 6).repeat(334)[:5000]
    back = emulation.empty((5000,), "float16")
    lower_chain(chain, [emulation.array(given)], [back])()
    with np.errstate(over="ignore"):
        np.testing.assert_array_equal(back, given.astype("float16"))


@pytest.mark.parametrize(
    ("value", "dtype", "expected"),
    [
        (1.5, "float32", "cast<float32>(0x1.8000000000000p+0)"),
        (-0.0, "float64", "cast<float64>(-0x0.0p+0)"),
        (-1, "int8", "(int8)0xffffffffffffffffull"),
        (True, "bool", "true"),
        (False, "bool", "false"),
        (math.inf, "float16", "cast<float16>(HUGE_VALUE)"),
        (-math.inf, "float16", "cast<float16>(-HUGE_VALUE)"),
        (math.nan, "float32", "cast<float32>(HUGE_VALUE - HUGE_VALUE)"),
    ],
)
def test_literals(value, dtype, expected):
    assert literal(value, dtype) == expected


def test_half_precision_is_computed_in_float32():
    assert register("bfloat16") == "float32"
    assert register("int8") == "int8"
    assert expression("add", "float16", "float16", ["x", "y"]) == "(float32)(x + y)"


def test_integers_are_not_rounded():
    assert expression("floor", "int32", "int32", ["x"]) == "(int32)(x)"
    assert expression("isnan", "bool", "int32", ["x"]) == "(bool)(false)"
    assert expression("cast_to", "int8", "float32", ["x"]) == "cast<int8>(x)"
