"""Products are described to cublasLt as they lie, whatever their order in memory."""

import gc
from types import SimpleNamespace

import numpy as np
import pytest

from kerasish.backends.cuda import choosing, cublaslt
from kerasish.backends.cuda.cublaslt import Library
from kerasish.backends.cuda.multiplication import NOTHING, End, bind_product
from kerasish.core.config import set_matmul_precision
from tests.backends.cuda import emulation
from tests.backends.cuda.fake_cublaslt import KINDS, Calls


@pytest.fixture
def cupy(monkeypatch):
    return emulation.install(monkeypatch)


@pytest.fixture
def calls(cupy, monkeypatch):
    made = Calls()
    held = Library(made)
    monkeypatch.setattr(cublaslt, "library", lambda: held)
    return made


def normal(*shape, dtype="float32"):
    values = np.random.default_rng(len(shape)).normal(size=shape)
    return emulation.array(values, dtype)


def turned(x):
    """Returns the same matrices, the other way about in memory."""
    return np.ascontiguousarray(x.swapaxes(-1, -2)).swapaxes(-1, -2)


def check(x1, x2, out, end=NOTHING, rtol=1e-6):
    step = bind_product(x1, x2, out, end)
    step()
    expected = x1.astype(np.float64) @ x2.astype(np.float64)
    if end.bias is not None:
        expected = expected + end.bias.astype(np.float64)
    if end.activation == "relu":
        expected = np.maximum(expected, 0)
    if end.activation == "gelu":
        inner = 0.7978845608 * (expected + 0.044715 * expected**3)
        expected = expected * 0.5 * (1 + np.tanh(inner))
    np.testing.assert_allclose(out.astype(np.float64), expected, rtol=rtol, atol=rtol)


@pytest.mark.parametrize("kind", list(KINDS.values()), ids=lambda k: k.__name__)
def test_dtypes(calls, kind):
    out = emulation.empty((5, 6), kind)
    half = np.dtype(kind).itemsize == 2
    rtol = 4e-2 if half else 1e-6
    check(normal(5, 7, dtype=kind), normal(7, 6, dtype=kind), out, rtol=rtol)


@pytest.mark.parametrize("first", [np.asarray, turned], ids=["plain", "turned"])
@pytest.mark.parametrize("second", [np.asarray, turned], ids=["plain", "turned"])
@pytest.mark.parametrize("sizes", [(5, 7, 6), (1, 7, 6), (5, 1, 6), (5, 7, 1)])
def test_operands_either_way_about(calls, first, second, sizes):
    rows, inner, columns = sizes
    x1, x2 = first(normal(rows, inner)), second(normal(inner, columns))
    views = (x.view(emulation.Array) for x in (x1, x2))
    check(*views, emulation.empty((rows, columns), "float32"))


def test_rows_that_lie_apart(calls):
    x1, x2 = normal(5, 20)[:, 4:11], normal(7, 12)[:, :6]
    out = emulation.array(np.zeros((5, 9)), "float32")[:, 2:8]
    check(x1, x2, out)


@pytest.mark.parametrize(
    ("shape1", "shape2"),
    [
        ((3, 5, 7), (3, 7, 6)),
        ((2, 3, 5, 7), (2, 3, 7, 6)),
        ((2, 3, 5, 7), (7, 6)),
        ((5, 7), (4, 7, 6)),
        ((4, 5, 7), (1, 7, 6)),
    ],
)
def test_stacks(calls, shape1, shape2):
    stack = np.broadcast_shapes(shape1[:-2], shape2[:-2])
    out = emulation.empty((*stack, 5, 6), "float32")
    check(normal(*shape1), normal(*shape2), out)


@pytest.mark.parametrize("activation", [None, "relu", "gelu"])
def test_a_bias_and_an_activation(calls, activation):
    x1, x2, out = normal(5, 7), normal(7, 6), emulation.empty((5, 6), "float32")
    check(x1, x2, out, End(normal(6), activation))


@pytest.mark.parametrize("first", [np.asarray, turned], ids=["plain", "turned"])
@pytest.mark.parametrize("second", [np.asarray, turned], ids=["plain", "turned"])
def test_sums_of_rows(calls, first, second):
    x1, x2, sums = first(normal(5, 7)), second(normal(7, 6)), normal(6)
    views = (x.view(emulation.Array) for x in (x1, x2))
    check(*views, emulation.empty((5, 6), "float32"), End(sums=sums))
    np.testing.assert_allclose(sums, np.sum(x2, 0), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("precision", "dtype", "kind"),
    [
        ("highest", "float32", 68),
        ("high", "float32", 77),
        ("medium", "float16", 68),
        ("medium", "float64", 70),
    ],
)
def test_precision(calls, precision, dtype, kind):
    set_matmul_precision(precision)
    try:
        out = emulation.empty((5, 6), dtype)
        bind_product(normal(5, 7, dtype=dtype), normal(7, 6, dtype=dtype), out)()
    finally:
        set_matmul_precision("highest")
    assert calls.launches[0].told.args[0] == kind


def test_the_stream_is_that_of_the_call(calls, cupy):
    step = bind_product(normal(5, 7), normal(7, 6), emulation.empty((5, 6), "float32"))
    cupy.cuda.get_current_stream = lambda: SimpleNamespace(ptr=99)
    step()
    assert calls.launches[0].stream == 99


def test_the_library_is_told_how_memory_is_aligned(calls):
    held = emulation.array(np.zeros(36 + 64), "float32")
    start = -held.data.ptr % 256 // 4 + 1  # four bytes after a multiple of 256
    x1 = held[start : start + 36].reshape(6, 6)
    bind_product(x1, normal(6, 6), emulation.empty((6, 6), "float32"))
    assert calls.wish[6] == 4
    assert calls.wish[1] >= 32 << 20


def test_handles_are_freed_with_the_step(calls):
    step = bind_product(normal(5, 7), normal(7, 6), emulation.empty((5, 6), "float32"))
    made = [h for h in calls.held.values() if h.args]
    assert not any(h.freed for h in made)
    del step
    gc.collect()
    assert all(h.freed for h in made)


def test_what_cannot_be_told(calls):
    out = emulation.empty((5, 6), "float32")
    assert bind_product(normal(5, 14)[:, ::2], normal(7, 6), out) is None
    assert bind_product(normal(5, 7), normal(7, 6), turned(out)) is None
    whole = emulation.empty((5, 6), "int32")
    assert bind_product(whole, whole.T, emulation.empty((5, 5), "int32")) is None


def test_no_step_where_there_is_no_algorithm(calls):
    calls.refuses = (4,)
    out = emulation.empty((5, 6), "float32")
    assert bind_product(normal(5, 7), normal(7, 6), out, End(normal(6))) is None
    assert bind_product(normal(5, 7), normal(7, 6), out) is not None


def test_no_step_without_the_library(cupy, monkeypatch):
    monkeypatch.setattr(cublaslt, "library", lambda: None)
    out = emulation.empty((5, 6), "float32")
    assert bind_product(normal(5, 7), normal(7, 6), out) is None


def test_small_products_take_the_algorithm_that_the_library_guesses(calls):
    bind_product(normal(5, 7), normal(7, 6), emulation.empty((5, 6), "float32"))()
    assert calls.asked == [1]
    assert [launch.algorithm for launch in calls.launches] == [0]


def test_the_fastest_algorithm_is_found_on_scratch_memory(calls, monkeypatch):
    asked = []

    def fastest(key, ways):
        asked.append(key)
        for way in ways:
            way()
        return 2

    monkeypatch.setattr(choosing, "LEAST", 1)
    monkeypatch.setattr(choosing, "fastest", fastest)
    x1, x2, out, sums = normal(5, 7), normal(7, 6), normal(5, 6), normal(6)
    before = out.copy(), sums.copy()
    step = bind_product(x1, x2, out, End(sums=sums))
    assert [launch.algorithm for launch in calls.launches] == [0, 1, 2]
    assert out.data.ptr not in [launch.out for launch in calls.launches]
    np.testing.assert_array_equal(out, before[0])
    np.testing.assert_array_equal(sums, before[1])
    step()
    assert calls.launches[-1].algorithm == 2
    np.testing.assert_allclose(out, x1 @ x2, rtol=1e-5)
    np.testing.assert_allclose(sums, x2.sum(0), rtol=1e-5)
    bind_product(x1, x2, out)
    bind_product(x1, x2, out)
    assert asked[0] != asked[1] == asked[2]
