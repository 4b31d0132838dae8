"""Products in as few launches as their operands allow."""

import numpy as np
import pytest

from kerasish.backends import get_backend
from kerasish.backends.cuda import cublaslt
from kerasish.backends.cuda.cublaslt import Library
from kerasish.backends.cuda.products import PRODUCTS
from tests.backends.cuda import emulation
from tests.backends.cuda.fake_cublaslt import Calls


@pytest.fixture
def calls(monkeypatch):
    emulation.install(monkeypatch)
    made = Calls()
    held = Library(made)
    monkeypatch.setattr(cublaslt, "library", lambda: held)
    return made


def normal(*shape):
    values = np.random.default_rng(len(shape)).normal(size=shape)
    return emulation.array(values, "float32")


def empty(*shape):
    return emulation.empty(shape, "float32")


def test_a_stack_with_one_matrix_is_one_product(calls):
    x1, x2, out = normal(2, 3, 5, 7), normal(7, 6), empty(2, 3, 5, 6)
    PRODUCTS["matmul"](x1, x2, out)()
    np.testing.assert_allclose(out, x1 @ x2, rtol=1e-5, atol=1e-6)
    assert [h.args[1:3] for h in calls.held.values() if len(h.args) == 4][1] == (7, 30)


def test_operands_that_lie_otherwise_are_copied(calls):
    """Heads of attention: two axes of a stack in the other order."""
    x1, x2 = normal(2, 5, 3, 7).swapaxes(1, 2), normal(2, 6, 3, 7).transpose(0, 2, 3, 1)
    out = empty(2, 5, 3, 6).swapaxes(1, 2)
    PRODUCTS["matmul"](x1, x2, out)()
    np.testing.assert_allclose(out, x1 @ x2, rtol=1e-5, atol=1e-6)


def test_operands_that_are_broadcast_in_the_middle(calls):
    x1, x2, out = normal(2, 3, 5, 7), normal(2, 1, 7, 6), empty(2, 3, 5, 6)
    PRODUCTS["matmul"](x1, x2, out)()
    np.testing.assert_allclose(out, x1 @ x2, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((7,), (7, 6)),
        ((5, 7), (7,)),
        ((2, 5, 7), (7,)),
        ((7,), (2, 7, 6)),
        ((7,), (7,)),
    ],
)
def test_vectors(calls, first, second):
    x1, x2 = normal(*first), normal(*second)
    expected = np.asarray(x1) @ np.asarray(x2)
    out = empty(*np.shape(expected))
    PRODUCTS["matmul"](x1, x2, out)()
    np.testing.assert_allclose(out, expected, rtol=1e-5, atol=1e-6)


def test_what_has_no_form(calls):
    matmul = PRODUCTS["matmul"]
    assert matmul(normal(5, 7), normal(7), normal(10)[::2]) is None
    assert matmul(empty(0, 7), normal(7, 6), empty(0, 6)) is None
    whole = emulation.empty((6, 6), "int32")
    assert matmul(whole, whole, whole) is None
    assert matmul(normal(6, 6), whole, normal(6, 6)) is None


def test_a_bias_in_the_same_launch(calls):
    x1, x2, bias, out = normal(5, 7), normal(7, 6), normal(6), empty(5, 6)
    step = PRODUCTS["dense"](x1, x2, bias, out, activation="relu")
    calls.launches.clear()
    step()
    expected = np.maximum(x1 @ x2 + bias, 0)
    np.testing.assert_allclose(out, expected, rtol=1e-5, atol=1e-6)
    assert len(calls.launches) == 1


@emulation.needs_compiler
def test_a_bias_in_a_launch_of_its_own_where_the_library_refuses(calls):
    calls.refuses = (4, 6)
    x1, x2, bias, out = normal(5, 7), normal(7, 6), normal(1, 6), empty(5, 6)
    PRODUCTS["dense"](x1, x2, bias, out, activation="relu")()
    expected = np.maximum(x1 @ x2 + bias, 0)
    np.testing.assert_allclose(out, expected, rtol=1e-5, atol=1e-6)


@emulation.needs_compiler
@pytest.mark.parametrize("hides", [False, True])
def test_relu_is_ours_where_the_library_hides_nan(calls, hides):
    """A bias stays in the product."""
    calls.hides_nan = hides
    x1, x2, bias, out = normal(5, 7), normal(7, 6), normal(6), empty(5, 6)
    x1[2] = np.nan
    step = PRODUCTS["dense"](x1, x2, bias, out, activation="relu")
    calls.launches.clear()
    step()
    np.testing.assert_allclose(out, np.maximum(x1 @ x2 + bias, 0), 1e-5, 1e-6)
    assert np.isnan(out[2]).all()
    assert calls.launches[0].told.set[7] == (4 if hides else 6)


def gelu(x):
    inner = np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)
    return x * 0.5 * (1 + np.tanh(inner))


@emulation.needs_compiler
@pytest.mark.parametrize(
    ("dtype", "refuses"),
    [("float16", ()), ("float16", (36,)), ("float32", ())],
    ids=["half", "refused", "float32"],
)
def test_gelu_by_the_library_in_half_precision_only(calls, dtype, refuses):
    calls.refuses = refuses
    x1, x2, bias = (normal(*s).astype(dtype) for s in ((5, 7), (7, 6), (6,)))
    out = emulation.empty((5, 6), dtype)
    step = PRODUCTS["dense"](x1, x2, bias, out, activation="gelu")
    calls.launches.clear()
    step()
    wide = [np.asarray(x, "float64") for x in (x1, x2, bias)]
    expected = gelu(wide[0] @ wide[1] + wide[2])
    near = 5e-3 if dtype == "float16" else 1e-5
    np.testing.assert_allclose(out, expected, rtol=near, atol=near)
    by_library = calls.launches[0].told.set.get(7) == 36
    assert by_library is (dtype == "float16" and not refuses)
    assert len(calls.launches) == 1


@emulation.needs_compiler
@pytest.mark.parametrize("refuses", [(), (256,)], ids=str)
@pytest.mark.parametrize("shape", [(6,), (1, 6)], ids=str)
def test_sums_of_rows_come_along(calls, refuses, shape):
    calls.refuses = refuses
    x, g, out, sums = normal(7, 5), normal(7, 6), empty(5, 6), empty(*shape)
    PRODUCTS["dense_gradients"](x.T, g, out, sums)()
    np.testing.assert_allclose(out, x.T @ g, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(sums.ravel(), g.sum(0), rtol=1e-5, atol=1e-6)
    assert len(calls.launches) == 1
    assert (calls.launches[0].told.set.get(7) == 256) is not refuses


@emulation.needs_compiler
@pytest.mark.parametrize("refuses", [(), (256,), "wide"], ids=str)
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_float32_is_made_of_half_precision(calls, dtype, refuses):
    calls.refuses_wide = refuses == "wide"
    calls.refuses = () if calls.refuses_wide else refuses
    near = 2e-2 if calls.refuses_wide else 1e-5  # rounded on the way
    kind = get_backend("numpy").dtype(dtype)
    x, g = normal(7, 5).astype(kind), normal(7, 6).astype(kind)
    out, sums = empty(5, 6), empty(6)
    PRODUCTS["dense_gradients"](x.T, g, out, sums)()
    a, b = (np.asarray(v, "float64") for v in (x, g))
    np.testing.assert_allclose(out, a.T @ b, rtol=near, atol=near)
    np.testing.assert_allclose(sums, b.sum(0), rtol=1e-5, atol=1e-6)
    PRODUCTS["matmul"](x.T, g, out)()
    np.testing.assert_allclose(out, a.T @ b, rtol=near, atol=near)
    assert calls.launches[0].told.args[0] == 68


@emulation.needs_compiler
def test_gradients_that_nobody_reads(calls):
    x, g, out, sums = normal(7, 5), normal(7, 6), empty(5, 6), empty(6)
    PRODUCTS["dense_gradients"](x.T, g, out, None)()
    np.testing.assert_allclose(out, x.T @ g, rtol=1e-5, atol=1e-6)
    PRODUCTS["dense_gradients"](x.T, g, None, sums)()
    np.testing.assert_allclose(sums, g.sum(0), rtol=1e-5, atol=1e-6)
    assert len(calls.launches) == 1


@emulation.needs_compiler
def test_sums_of_rows_that_lie_otherwise(calls):
    calls.refuses = (256,)
    x, g, out, sums = normal(7, 5), normal(6, 7).T, empty(5, 6), empty(12)[::2]
    PRODUCTS["dense_gradients"](x.T, g, out, sums)()
    np.testing.assert_allclose(out, x.T @ g, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(sums, g.sum(0), rtol=1e-5, atol=1e-6)


def test_a_bias_that_cannot_be_added(calls):
    x1, x2, out = normal(5, 7), normal(7, 6), empty(5, 6)
    dense = PRODUCTS["dense"]
    assert dense(x1, x2, normal(12)[::2], out, activation=None) is None
    assert dense(x1, x2, normal(6).astype("float16"), out, activation=None) is None


def test_no_form_without_the_library(calls, monkeypatch):
    monkeypatch.setattr(cublaslt, "library", lambda: None)
    x1, x2, out = normal(5, 7), normal(7, 6), empty(5, 6)
    assert PRODUCTS["matmul"](x1, x2, out) is None
    assert PRODUCTS["matmul"](*(x.astype("float16") for x in (x1, x2)), out) is None
    assert PRODUCTS["dense"](x1, x2, normal(6), out, activation=None) is None
    assert PRODUCTS["dense_gradients"](x1, x2, out, normal(6)) is None
