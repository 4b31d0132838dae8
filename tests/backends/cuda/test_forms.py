"""Each form computes what the base's kernel does, on arrays of any order in memory."""

import numpy as np
import pytest

from kerasish.backends.cuda import modules
from kerasish.backends.cuda.forms import ALIASING, FORMS
from kerasish.backends.cuda.prelude import PRELUDE
from tests.backends.cuda import emulation, nvrtc
from tests.backends.cuda.chain_cases import normal, philox


@pytest.fixture
def emulated(monkeypatch):
    return emulation.install(monkeypatch)


X, Y = normal(6, 8), normal(8)
CASES = {
    "_bits": ([np.array([5, 6], "uint32")], {"shape": (21,)}, philox([5, 6], 21)),
    "add": ([X, Y], {}, X + Y),
    "sum": ([X], {"axis": (0,), "keepdims": False}, X.sum(0)),
    "mean": ([X], {"axis": None, "keepdims": True}, X.mean(keepdims=True)),
    "_argmax": ([X], {"axis": 1}, X.argmax(1)),
    "_softmax": (
        *([X], {"axis": (1,)}),
        np.exp(X) / np.exp(X).sum(1, keepdims=True),
    ),
    "cast_to": ([X], {"dtype": "int32"}, X.astype("int32")),
    "broadcast_to": ([Y], {"shape": (6, 8)}, np.broadcast_to(Y, (6, 8))),
    "_like": ([X, Y[:1]], {}, np.broadcast_to(Y[:1], (6, 8))),
    "_sum_to": ([X], {"shape": (1, 8)}, X.sum(0, keepdims=True)),
    "_uniform": (
        *([np.array([1, 2], "uint64")], {"shape": (7, 3), "dtype": "float32"}),
        ((philox([1, 2], 21) >> 8) * 2.0**-24).astype("float32").reshape(7, 3),
    ),
}


@pytest.fixture(scope="module")
def bound():
    with pytest.MonkeyPatch.context() as patch:
        emulation.install(patch)
        rows = {}
        for name, (given, static, expected) in CASES.items():
            out = emulation.empty(expected.shape, expected.dtype)
            arrays = [emulation.array(x) for x in given]
            rows[name] = FORMS[name](*arrays, out, **static), out, expected
        yield rows


@emulation.needs_compiler
@pytest.mark.parametrize("name", CASES)
def test_results(bound, name):
    step, out, expected = bound[name]
    step()
    np.testing.assert_allclose(out, expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("architecture", nvrtc.ARCHITECTURES)
def test_kernels_compile_for_a_gpu(bound, architecture):
    texts = [f.text for f in modules._known.values()]
    nvrtc.check("\n".join([PRELUDE, *texts]), architecture)


@emulation.needs_compiler
def test_turned_operands_are_copied_first(emulated):
    x, y = emulation.array(X), emulation.array(X.T)
    out = emulation.empty((6, 8), "float32")
    FORMS["subtract"](x, y.T, out)()
    assert not out.any()
    FORMS["negative"](x.T, out.T)()
    np.testing.assert_array_equal(out, -X)


@emulation.needs_compiler
def test_rows_that_lie_apart_are_not_copied(emulated):
    x = emulation.array(np.pad(X, ((0, 0), (1, 3))))[:, 1:9]
    out = emulation.empty((6, 8), "float32")
    step = FORMS["negative"](x, out)
    assert isinstance(step, modules.Launching)
    step()
    np.testing.assert_array_equal(out, -X)


def test_no_form_for_other_dtypes(emulated):
    x = emulation.empty((3,), "complex64")
    assert FORMS["add"](x, x, x) is None


def test_the_names_of_forms():
    names = "matmul dense _conv conv_dense _max_pool _take _scatter_add _concatenate"
    assert {*names.split(), "add", "_dropout", "var", "_transpose"} <= set(FORMS)
    assert {"fused", "relu", "_softmax"} <= ALIASING
    assert not ALIASING & {"matmul", "_conv", "_take", "_transpose"}
