"""oneDNN: products of any strides, and what is left to NumPy."""

import numpy as np
import pytest

from kerasish.backends.llvm.lanes import Rows
from kerasish.backends.onednn import bind_matmul, library
from kerasish.backends.onednn.making import Making

needs_library = pytest.mark.skipif(library() is None, reason="oneDNN is not installed")


def numbers(*shape):
    rng = np.random.default_rng(shape)
    return rng.normal(size=shape).astype("float32")


@needs_library
@pytest.mark.parametrize("rows", [1, 2, 33])
@pytest.mark.parametrize("turn", ["neither", "first", "second", "both"])
def test_products_of_any_strides(rows, turn):
    x = numbers(20, rows).T if turn in ("first", "both") else numbers(rows, 20)
    w = numbers(7, 20).T if turn in ("second", "both") else numbers(20, 7)
    out = np.full((rows, 7), np.nan, "float32")
    run = bind_matmul(x, w, out)
    for _ in range(2):
        run()
        np.testing.assert_allclose(out, x.astype("float64") @ w, 1e-4, 1e-5)
        x *= 2


@needs_library
@pytest.mark.parametrize("activation", [None, "relu", "tanh", "sigmoid"])
def test_bias_and_activation(activation):
    x, w, b = numbers(5, 8), numbers(8, 3), numbers(3)
    out = np.empty((5, 3), "float32")
    bind_matmul(x, w, out, b, activation)()
    y = x.astype("float64") @ w + b
    expected = {
        None: y,
        "relu": y.clip(0),
        "tanh": np.tanh(y),
        "sigmoid": 1 / (1 + np.exp(-y)),
    }
    np.testing.assert_allclose(out, expected[activation], 1e-5, 1e-6)


def test_one_row_by_a_large_matrix_is_left_to_numpy():
    x, w, out = numbers(1, 256), numbers(256, 256), np.empty((1, 256), "float32")
    assert bind_matmul(x, w, out) is None


def test_other_dtypes_and_empty_matrices_are_left_to_numpy():
    wide = np.ones((2, 2))
    assert bind_matmul(wide, wide, wide) is None
    none = np.ones((0, 2), "float32")
    assert bind_matmul(none, np.ones((2, 2), "float32"), none) is None


@needs_library
def test_a_refusal_is_no_error():
    x, out = numbers(2, 3), np.empty((2, 2), "float32")
    assert bind_matmul(x, numbers(4, 2), out) is None  # 3 columns, 4 rows


@needs_library
@pytest.mark.parametrize("activation", [None, "relu", "tanh", "sigmoid"])
def test_nan_stays_nan(activation):
    x, w, b = np.full((3, 4), np.nan, "float32"), numbers(4, 5), numbers(5)
    out = np.zeros((3, 5), "float32")
    bind_matmul(x, w, out, b, activation)()
    assert np.isnan(out).all()


@needs_library
@pytest.mark.parametrize("agrees", [True, False])
def test_each_order_of_shared_weights_is_kept_up_to_date(agrees, monkeypatch):
    if not agrees:  # as where the best order depends on the number of rows
        monkeypatch.setattr(Making, "agree", lambda self, one, other: False)
    x, w, out = numbers(33, 20), numbers(20, 48), np.zeros((33, 48), "float32")
    step = bind_matmul(x, w, out)
    shared = {step.weights: []}
    shares = [step.cut(Rows(n, 2), shared) for n in range(2)]
    (held,) = shared.values()
    assert len(held) <= 1 if agrees else len(held) == 2
    for _ in range(2):
        for run in (*(packed.pack for packed in held), *shares):
            run()
        np.testing.assert_allclose(out, x.astype("float64") @ w, 1e-4, 1e-5)
        w *= 2
