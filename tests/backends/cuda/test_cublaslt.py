"""Products are described to cublasLt as they lie, whatever their order in memory."""

import ctypes
import gc
from types import SimpleNamespace

import numpy as np
import pytest

from kerasish.backends.cuda import cublaslt
from kerasish.backends.cuda.cublaslt import (
    Library,
    Matrix,
    Refused,
    bind_product,
    library,
)
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


def check(x1, x2, out, *end, rtol=1e-6):
    step = bind_product(x1, x2, out, *end)
    step()
    expected = x1.astype(np.float64) @ x2.astype(np.float64)
    if end:
        expected = expected + end[0].astype(np.float64)
    if end[1:] == ("relu",):
        expected = np.maximum(expected, 0)
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


def test_a_bias_and_an_activation(calls):
    x1, x2, bias = normal(5, 7), normal(7, 6), normal(6)
    check(x1, x2, emulation.empty((5, 6), "float32"), bias, None)
    check(x1, x2, emulation.empty((5, 6), "float32"), bias, "relu")


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
    assert Matrix.of(normal(5, 14)[:, ::2], ()) is None
    assert Matrix.of(normal(5, 7)[::-1], ()) is None
    assert Matrix.of(normal(2, 3, 5, 7).swapaxes(0, 1), (3, 2)) is None
    assert bind_product(normal(5, 14)[:, ::2], normal(7, 6), out) is None
    assert bind_product(normal(5, 7), normal(7, 6), turned(out)) is None
    whole = emulation.empty((5, 6), "int32")
    assert bind_product(whole, whole.T, emulation.empty((5, 5), "int32")) is None


def test_no_step_where_there_is_no_algorithm(calls):
    calls.refuses = (4,)
    out = emulation.empty((5, 6), "float32")
    assert bind_product(normal(5, 7), normal(7, 6), out, normal(6)) is None
    assert bind_product(normal(5, 7), normal(7, 6), out) is not None


def test_no_step_without_the_library(cupy, monkeypatch):
    monkeypatch.setattr(cublaslt, "library", lambda: None)
    out = emulation.empty((5, 6), "float32")
    assert bind_product(normal(5, 7), normal(7, 6), out) is None


def test_a_launch_that_fails_says_so(calls):
    step = bind_product(normal(5, 7), normal(7, 6), emulation.empty((5, 6), "float32"))
    with pytest.raises(Refused, match="`cublasLtMatmul` returned the status 13"):
        step.func(lambda *args: 13, *step.args[1:])


def test_the_library_is_looked_for_by_its_name(monkeypatch):
    def find(name):
        raise OSError(name)

    finder = SimpleNamespace(load_nvidia_dynamic_lib=find)
    monkeypatch.setattr(cublaslt, "import_module", lambda name: finder)
    assert library.__wrapped__() is None
    path = SimpleNamespace(abs_path="here")
    finder.load_nvidia_dynamic_lib = lambda name: path
    monkeypatch.setattr(ctypes, "CDLL", lambda path: Calls())
    assert isinstance(library.__wrapped__(), Library)


def test_the_real_library_takes_these_numbers():
    """Descriptions need no GPU; a handle does."""
    lib = library()
    if lib is None:
        pytest.skip("needs cublasLt")
    making = cublaslt._Making(lib)
    for kind in (cublaslt.SUM_FLOAT32, cublaslt.SUM_TF32):
        what = making.create("MatmulDesc", kind, 0)
        making.set("MatmulDesc", what, cublaslt.EPILOGUE, ctypes.c_uint32(6))
        making.set("MatmulDesc", what, cublaslt.TRANSPOSED_A, ctypes.c_int32(1))
        making.set("MatmulDesc", what, cublaslt.BIAS_POINTER, ctypes.c_void_p(4096))
    wish = making.create("MatmulPreference")
    making.set("MatmulPreference", wish, 1, ctypes.c_uint64(32 << 20))
    for attribute in cublaslt.ALIGNMENTS:
        making.set("MatmulPreference", wish, attribute, ctypes.c_uint32(16))
    for dtype in cublaslt.DTYPES:
        making.layout(Matrix(6, 5, 6, False, 30), dtype, 4)
    with pytest.raises(Refused, match="MatmulDescSetAttribute"):
        making.set("MatmulDesc", what, cublaslt.EPILOGUE, ctypes.c_uint16(6))
