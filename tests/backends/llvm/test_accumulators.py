"""Reductions gather exactly, in registers and in memory."""

import math

import numpy as np
import pytest

from kerasish.backends.llvm import chain as chains
from kerasish.backends.llvm.accumulators import (
    Accumulator,
    Best,
    Rows,
    Scalar,
    accumulator,
    identity,
)
from kerasish.backends.llvm.frame import Frame
from kerasish.backends.llvm.nodes import program_of
from tests.backends.llvm import interpreter
from tests.backends.llvm.chain_builder import ChainBuilder


@pytest.fixture(autouse=True)
def interpreted(monkeypatch, tmp_path):
    monkeypatch.setenv("KERASISH_CACHE", str(tmp_path))
    return interpreter.install(monkeypatch)


def reduced(name, x, *axis, dtype=None):
    b = ChainBuilder()
    slot = b.input(*x.shape, dtype=x.dtype.name)
    if name.startswith("_arg"):
        shape = tuple(n for i, n in enumerate(x.shape) if i not in axis)
        out = b.call(name, slot, shape=shape, dtype="int32", axis=axis[0])
    else:
        out = b.reduce(name, slot, *axis)
    chain = b.chain(out)
    made = np.zeros(chain.slots[out].shape, chain.slots[out].dtype)
    chains.compile_chain(chain).bind([x], [made])()
    return made


@pytest.mark.parametrize(
    ("name", "dtype", "expected"),
    [
        ("sum", "float32", 0),
        ("max", "float64", -math.inf),
        ("min", "float16", math.inf),
        ("max", "bool", False),
        ("min", "bool", True),
        ("max", "int8", -128),
        ("min", "int8", 127),
        ("max", "uint16", 0),
        ("min", "uint16", 65535),
        ("max", "int64", -(2**63)),
    ],
)
def test_what_nothing_reduces_to(name, dtype, expected):
    assert identity(name, dtype) == expected


def test_sums_of_many_floats_keep_their_digits():
    x = np.full(5000, 0.1, np.float32)
    exact = math.fsum(x.astype(np.float64))
    assert reduced("sum", x, 0)[0] == pytest.approx(exact, rel=2e-5)
    # In blocks: small numbers are not lost in a large sum.
    x = np.ones(2048 * 3, np.float32)
    x[0] = 2.0**24
    assert reduced("sum", x, 0)[0] == pytest.approx(2.0**24 + 6143, abs=2048)


@pytest.mark.parametrize("axis", [(0,), (1,), (2,), (0, 2), (0, 1, 2), (1, 2), (0, 1)])
@pytest.mark.parametrize("name", ["sum", "_max", "_min", "mean", "var"])
def test_any_axes(name, axis, rng):
    x = rng.normal(size=(3, 4, 5))
    reference = getattr(np, name.lstrip("_"))
    found = reduced(name, x, *axis)
    np.testing.assert_allclose(found, reference(x, axis, keepdims=True), rtol=1e-12)


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int64", "bool"])
@pytest.mark.parametrize("axis", [(0,), (1,), (0, 1)])
def test_integers_and_booleans(dtype, axis, rng):
    x = rng.integers(0, 2 if dtype == "bool" else 100, (4, 7)).astype(dtype)
    for name, reference in (("_max", np.max), ("_min", np.min)):
        expected = reference(x, axis, keepdims=True)
        assert reduced(name, x, *axis).tolist() == expected.tolist()
    if dtype == "bool":
        for name in ("all", "any"):
            expected = getattr(np, name)(x, axis, keepdims=True)
            assert reduced(name, x, *axis).tolist() == expected.tolist()
    else:
        expected = np.sum(x, axis, dtype=dtype, keepdims=True)
        assert reduced("sum", x, *axis).tolist() == expected.tolist()


def test_nan_is_the_largest_and_the_smallest():
    x = np.array([[1.0, np.nan, 3.0], [2.0, 5.0, 4.0]])
    for axis in (0, 1):
        for name, reference in (("_max", np.max), ("_min", np.min)):
            expected = reference(x, axis, keepdims=True)
            np.testing.assert_array_equal(reduced(name, x, axis), expected)


@pytest.mark.parametrize("name", ["_argmax", "_argmin"])
@pytest.mark.parametrize(
    "row",
    [
        [1, 3, 3, 0, 0],
        [2, 2, 2, 2, 2],
        [-math.inf, -math.inf, -math.inf, -math.inf, -math.inf],
        [math.inf, 1, -math.inf, math.inf, 0],
        [1, math.nan, 5, math.nan, -9],
        [math.nan, 1, 5, 9, 0],
    ],
    ids=str,
)
def test_places_are_those_of_the_first(name, row):
    x = np.array([row, row[::-1]], np.float32)
    expected = getattr(np, name[1:])(x, 1)
    assert reduced(name, x, 1).tolist() == expected.tolist()


def test_places_of_integers_and_booleans():
    for x in (np.array([[5, 9, 9], [-1, -5, 0]]), np.array([[False, True, True]])):
        for name in ("_argmax", "_argmin"):
            expected = getattr(np, name[1:])(x, 1)
            assert reduced(name, x, 1).tolist() == expected.tolist()


def frame_and_node(name, *axis, columns=5):
    b = ChainBuilder()
    x = b.input(4, columns)
    if name == "_argmax":
        out = b.call(name, x, shape=(4,), dtype="int32", axis=1)
    else:
        out = b.reduce(name, x, *axis)
    program = program_of(b.chain(out))
    return Frame(program), program.outputs[0][0]


def test_kinds():
    frame, rows = frame_and_node("sum", 0)
    assert isinstance(accumulator(frame, rows, 0, True, False), Rows)
    assert frame.scratch == []  # a short row is the function's own
    for name, columns in (("_max", 5), ("sum", 5000)):
        frame, rows = frame_and_node(name, 0, columns=columns)
        assert isinstance(accumulator(frame, rows, 0, True, False), Rows)
        assert [s.axes for s in frame.scratch] == [(1,)]
    frame, best = frame_and_node("_argmax")
    assert isinstance(accumulator(frame, best, 1, True, False), Best)
    frame, total = frame_and_node("sum", 1)
    made = accumulator(frame, total, 1, True, False)
    assert isinstance(made, Scalar)
    assert (made.dtype, made.loose, made.blocked) == ("float32", True, False)
    assert accumulator(frame, total, 1, True, True).blocked
    # Sums that no vector code adds up have the time to be exact.
    slow = accumulator(frame, total, 1, False, False)
    assert (slow.dtype, slow.loose) == ("float64", False)


def test_an_accumulator_says_what_it_lacks():
    frame, node = frame_and_node("sum", 1)
    bare = Accumulator(frame, node)
    bare.open_block()
    bare.close_block()
    with pytest.raises(NotImplementedError, match="takes in elements"):
        bare.add(None)
    with pytest.raises(NotImplementedError, match="has a result"):
        bare.finish()
