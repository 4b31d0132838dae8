"""Bound products of matrices are the kernels', by oneDNN and by NumPy."""

import numpy as np
import pytest

from kerasish.backends import get_backend
from kerasish.backends.numpy_lowering import lower, products
from kerasish.backends.numpy_lowering.products import PRODUCTS, multiply
from kerasish.backends.onednn import loading
from tests.backends.numpy_lowering.lowered import check, numbers

SHAPES = [((3, 4), (4, 5)), ((2, 3, 4), (4, 5)), ((2, 3, 4), (2, 4, 5)), ((4,), (4,)),
          ((4,), (4, 5)), ((3, 4), (4,)), ((2, 1, 3, 4), (6, 4, 5)), ((1, 4), (4, 1)),
          ((3, 0), (0, 5)), ((0, 4), (4, 5))]  # fmt: skip
RTOL = {"float16": 2e-3, "float32": 1e-5, "float64": 1e-12}


@pytest.fixture(params=["oneDNN", "NumPy", "two threads"])
def by(request, monkeypatch):
    """Products by one library and the other."""
    if request.param != "oneDNN":
        monkeypatch.setattr(loading, "library", lambda: None)
        if request.param == "two threads":
            request.getfixturevalue("two_threads")
            monkeypatch.setattr(products, "WORTH", 1)
    elif loading.library() is None:
        pytest.skip("oneDNN is not installed")
    return request.param


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32", "bool"])
@pytest.mark.parametrize("shapes", SHAPES, ids=str)
def test_products(by, shapes, dtype):
    arrays = [
        numbers(n, *s, high=3).astype(dtype) for n, s in zip("ab", shapes, strict=True)
    ]
    check("matmul", arrays, RTOL.get(dtype, 0))


@pytest.mark.parametrize("shapes", SHAPES[:3], ids=str)
def test_products_of_bfloat16(shapes):
    kind = pytest.importorskip("ml_dtypes").bfloat16
    arrays = [numbers(n, *s).astype(kind) for n, s in zip("ab", shapes, strict=True)]
    check("matmul", arrays, 1e-2)


def test_operands_of_another_dtype():
    x, w, out = numbers("x", 3, 4), np.arange(8).reshape(4, 2), np.zeros((3, 2))
    lower("matmul", {}, [x, w], [out])()
    np.testing.assert_allclose(out, x.astype("float64") @ w)


@pytest.mark.parametrize(
    "strided",
    [lambda x: x[::2], lambda x: x[:, ::2], lambda x: x[::-1], lambda x: x.T],
)
def test_matrices_with_gaps(by, strided):
    x1 = strided(numbers("a", 8, 8))
    x2, out = numbers("b", x1.shape[1], 3), np.zeros((len(x1), 3), "float32")
    multiply(x1, x2, out)()
    np.testing.assert_allclose(out, x1 @ x2, 1e-5)


def test_results_with_gaps(by):
    x1, x2, out = numbers("a", 3, 4), numbers("b", 4, 5), np.zeros((3, 10), "float32")
    multiply(x1, x2, out[:, ::2])()
    np.testing.assert_allclose(out[:, ::2], x1 @ x2, 1e-5)
    assert not out[:, 1::2].any()


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
@pytest.mark.parametrize("activation", [None, "relu", "tanh", "sigmoid"])
def test_products_with_epilogues(by, activation, dtype):
    x, w, b = (
        (numbers(n, *s) - 0.5).astype(dtype)
        for n, s in zip("xwb", [(3, 4), (4, 5), (5,)], strict=True)
    )
    out = np.empty((3, 5), dtype)
    lower("dense", {"activation": activation}, [x, w, b], [out])()
    y = x.astype("float64") @ w + b
    act = {
        None: lambda v: v,
        "relu": lambda v: np.maximum(v, 0),
        "tanh": np.tanh,
        "sigmoid": lambda v: 1 / (1 + np.exp(-v)),
    }
    half = dtype == "float16"
    np.testing.assert_allclose(
        out, act[activation](y), RTOL[dtype] * 2, half * 1e-3 + 1e-6
    )


def test_without_onednn_nothing_is_joined_to_products(monkeypatch):
    monkeypatch.setattr(loading, "library", lambda: None)
    assert get_backend("numpy").epilogues is None


def test_every_form_is_tested():
    assert set(PRODUCTS) == {"matmul", "dense"}
