"""Rows with the same number are added up, and read back through their numbers."""

import numpy as np
import pytest

from kerasish.backends.llvm.chain import compile_chain, has_llvm
from kerasish.backends.llvm.rows import bind_row_sums
from tests.backends.llvm import interpreter
from tests.backends.llvm.chain_builder import ChainBuilder

needs_llvm = pytest.mark.skipif(not has_llvm(), reason="needs llvmlite")
RNG = np.random.default_rng(0)


def dense(ids, values, size):
    table = np.zeros((size, values.shape[-1]))
    np.add.at(table, ids.reshape(-1) % size, values.reshape(-1, values.shape[-1]))
    return table


@needs_llvm
@pytest.mark.parametrize("kind", ["int32", "int64"])
@pytest.mark.parametrize("width", [1, 3, 16, 130])
def test_sums(kind, width):
    size = 20
    ids = RNG.integers(0, size, (6, 2)).astype(kind)
    values = RNG.normal(size=(6, 2, width)).astype("f")
    sums, slots = np.full((13, width), 9, "f"), np.full((size, 1), 9, "int32")
    run = bind_row_sums(ids, values, sums, slots)
    for _ in range(2):
        run()
        np.testing.assert_allclose(sums[slots[:, 0]], dense(ids, values, size), 1e-5)
        assert not sums[0].any()
        assert set(slots[slots > 0]) == set(range(1, len(np.unique(ids)) + 1))
        ids[...] = RNG.integers(0, size, ids.shape)
        values[...] = RNG.normal(size=values.shape)


@needs_llvm
def test_numbers_outside_wrap_and_touch_no_other_memory():
    ids = np.array([-1, 4, 9, -7, 2**31 - 1, -(2**31)], "int32")
    values = np.ones((6, 8), "f")
    sums, slots = np.empty((7, 8), "f"), np.empty((5, 1), "int32")
    bind_row_sums(ids, values, sums, slots)()
    np.testing.assert_array_equal(
        sums[slots[:, 0]], dense(ids.astype("int64"), values, 5)
    )


@needs_llvm
@pytest.mark.parametrize(
    "change",
    [
        lambda ids, *rest: (ids.astype("uint8"), *rest),
        lambda ids, values, *rest: (ids, values.astype("float64"), *rest),
        lambda ids, values, *rest: (ids, values[:, ::2], *rest),
        lambda ids, values, sums, slots: (ids, values, sums, slots.astype("int64")),
        lambda ids, values, *rest: (ids[:0], values[:0], *rest),
    ],
)
def test_arrays_of_other_kinds_are_left(change):
    arrays = (np.zeros(3, "int32"), np.zeros((3, 8), "f"), np.zeros((4, 8), "f"))
    assert bind_row_sums(*change(*arrays, np.zeros((5, 1), "int32"))) is None


@pytest.fixture(params=["interpreted", pytest.param("compiled", marks=needs_llvm)])
def machine(request, monkeypatch):
    if request.param == "interpreted":
        interpreter.install(monkeypatch)


def test_a_chain_reads_rows_by_their_numbers(machine):
    b = ChainBuilder()
    sums, slots, p = b.input(4, 5), b.input(6, 1, dtype="int32"), b.input(6, 5)
    row = b.call("_spread", sums, slots, shape=(6, 5), dtype="float32")
    chain = b.chain(
        b.call("subtract", p, b.call("square", row)), b.reduce("sum", row, 1)
    )
    given = [
        RNG.normal(size=(4, 5)).astype("f"),
        RNG.integers(0, 4, (6, 1)).astype("i4"),
    ]
    given.append(RNG.normal(size=(6, 5)).astype("f"))
    outputs = [given[2], np.empty((6, 1), "f")]
    spread = given[0][given[1][:, 0]]
    wanted = given[2] - spread**2
    compile_chain(chain).bind(given, outputs)()  # the first over what it reads
    np.testing.assert_allclose(outputs[0], wanted, 1e-6)
    np.testing.assert_allclose(outputs[1], spread.sum(1, keepdims=True), 1e-5)
