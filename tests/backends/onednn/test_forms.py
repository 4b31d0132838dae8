"""Primitives that oneDNN does are bound by it, and by NumPy where it refuses."""

import numpy as np
import pytest

from kerasish.backends.numpy_lowering import lower
from kerasish.backends.onednn import ACCELERATED, library, loading
from tests.backends.numpy_lowering.lowered import numbers

pytestmark = pytest.mark.skipif(library() is None, reason="oneDNN is not installed")
HOW = {"strides": (1,), "padding": ((0, 0),), "dilation": (1,), "groups": 1}
POOL = {"window": (2,), "strides": (1,), "padding": ((0, 0),)}
X, W, Y = numbers("x", 2, 6, 3), numbers("w", 2, 3, 4), numbers("y", 2, 5, 4)
B, P, AT = numbers("b", 4), numbers("p", 2, 5, 3), np.ones((2, 5, 3), "uint8")
STACK, STACKED = numbers("stack", 2, 4, 5), numbers("stacked", 2, 6, 5)
CALLS = {
    "dense": ([X[0], W[0], B], Y[0, :1].repeat(6, 0), {"activation": "relu"}),
    "matmul": ([X, STACK.transpose(0, 2, 1)[:, :3]], STACKED[..., :4], {}),
    "_average_pool": ([X], P, POOL),
    "_average_pool_back": ([P], X, POOL | {"shape": X.shape}),
    "_conv": ([X, W], Y, HOW),
    "_conv_input": ([Y, W], X, HOW | {"shape": X.shape}),
    "_conv_kernel": ([Y, X], W, HOW | {"shape": W.shape}),
    "_from_places": ([P, AT], X, POOL | {"shape": X.shape}),
    "conv_dense": ([X, W, B], Y, HOW | {"activation": "tanh"}),
}


@pytest.mark.parametrize("name", sorted(ACCELERATED))
def test_both_ways_give_the_same(name, monkeypatch):
    inputs, like, static = CALLS[name]
    outputs = [np.empty_like(like), np.empty_like(like)]
    step = lower(name, static, inputs, [outputs[0]])
    assert step.is_native
    step()
    monkeypatch.setattr(loading, "library", lambda: None)
    lower(name, static, inputs, [outputs[1]])()
    np.testing.assert_allclose(*outputs, 1e-4, 1e-5)


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((4, 5), (5, 3)),
        ((2, 4, 5), (5, 3)),
        ((2, 4, 5), (2, 5, 3)),
        ((2, 4, 5), (1, 5, 3)),
        ((4, 5), (2, 5, 3)),
        ((2, 1, 4, 5), (3, 5, 4)),
    ],
    ids=str,
)
def test_stacks_of_products_and_half_precision(first, second, dtype):
    if dtype == "bfloat16":
        dtype = pytest.importorskip("ml_dtypes").bfloat16
    x1, x2 = (numbers(n, *s).astype(dtype) for n, s in (("1", first), ("2", second)))
    expected = x1.astype("float64") @ x2.astype("float64")
    for turned in (x1, np.swapaxes(np.swapaxes(x1, -1, -2).copy(), -1, -2)):
        out = np.empty(expected.shape, dtype)
        lower("matmul", {}, [turned, x2], [out])()
        rtol = 1e-5 if out.dtype == "float32" else 2e-2
        np.testing.assert_allclose(out.astype("float64"), expected, rtol)
