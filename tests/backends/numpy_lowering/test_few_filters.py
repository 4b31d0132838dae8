"""Convolutions to few filters are the kernels', in one part and in several."""

import numpy as np
import pytest

from kerasish.backends.numpy_lowering import few_filters, lower
from kerasish.backends.numpy_lowering.few_filters import FEW_FILTERS
from kerasish.backends.onednn import loading
from tests.backends.numpy_lowering.lowered import kernel, numbers

# images, kernel, padding, dilation
CASES = [
    ((3, 7, 8), (3, 8, 1), ((0, 0),), (1,)),
    ((3, 7, 8), (3, 8, 2), ((1, 1),), (2,)),
    ((5, 6, 7, 8), (3, 2, 8, 1), ((0, 0), (0, 0)), (1, 1)),
    ((5, 6, 7, 8), (3, 2, 8, 2), ((2, 1), (0, 1)), (2, 3)),
    ((3, 4, 5, 9), (2, 5, 9, 1), ((1, 0), (4, 3)), (1, 1)),
    ((2, 3, 4, 2, 8), (2, 2, 2, 8, 2), ((1, 0), (0, 1), (1, 1)), (1, 1, 1)),
    ((2, 1, 1, 8), (5, 5, 8, 1), ((4, 4), (4, 4)), (1, 1)),
]
RTOL = {"float32": 1e-5, "float64": 1e-12}


@pytest.fixture(params=["at once", "in parts", "two threads"], autouse=True)
def way(request, monkeypatch):
    """Few and many images at a time, and by threads without oneDNN."""
    if request.param == "in parts":
        monkeypatch.setattr(few_filters, "BLOCK", 1000)
    if request.param == "two threads":
        monkeypatch.setattr(loading, "library", lambda: None)
        request.getfixturevalue("two_threads")


def agree(step, out, expected, dtype):
    assert step is not None
    for _ in range(2):
        out[...] = np.nan
        step()
        np.testing.assert_allclose(out, expected, RTOL[dtype], RTOL[dtype])


@pytest.mark.parametrize("dtype", RTOL)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_convolution(case, dtype):
    shape, window, padding, dilation = case
    ones = (1,) * len(dilation)
    how = {"strides": ones, "padding": padding, "dilation": dilation, "groups": 1}
    x, w = numbers("x", *shape, dtype=dtype), numbers("w", *window, dtype=dtype)
    expected = kernel("_conv", x.astype("float64"), w.astype("float64"), **how)
    out = np.empty(expected.shape, dtype)
    agree(FEW_FILTERS["_conv"](x, w, out, **how), out, expected, dtype)
    b = numbers("b", window[-1], dtype=dtype)
    for activation, end in {"tanh": np.tanh, None: lambda z: z}.items():
        step = FEW_FILTERS["conv_dense"](x, w, b, out, activation, **how)
        agree(step, out, end(expected + b), dtype)
    g = numbers("g", *out.shape, dtype=dtype)
    expected = kernel("_conv_kernel", g.astype("float64"), x, shape=w.shape, **how)
    made = np.empty_like(w)
    step = FEW_FILTERS["_conv_kernel"](g, x, made, shape=w.shape, **how)
    agree(step, made, expected, dtype)


HOW = {"strides": (1,), "padding": ((0, 0),), "dilation": (1,), "groups": 1}


@pytest.mark.parametrize(
    ("x", "w", "how"),
    [
        ((2, 5, 8), (2, 8, 3), {}),
        ((2, 5, 7), (2, 7, 1), {}),
        ((2, 5, 8), (1, 8, 1), {}),
        ((2, 5, 8), (2, 8, 1), {"strides": (2,)}),
        ((2, 5, 16), (2, 8, 2), {"groups": 2}),
        ((0, 5, 8), (2, 8, 1), {}),
    ],
    ids=["filters", "channels", "window", "strides", "groups", "empty"],
)
def test_what_does_not_suit(x, w, how):
    how = {**HOW, **how}
    x, w = np.ones(x, "float32"), np.ones(w, "float32")
    y = kernel("_conv", x, w, **how)
    assert FEW_FILTERS["_conv"](x, w, y, **how) is None
    assert FEW_FILTERS["conv_dense"](x, w, w, y, "relu", **how) is None
    assert FEW_FILTERS["_conv_kernel"](y, x, w, shape=w.shape, **how) is None


def test_other_dtypes_and_orders_do_not_suit():
    x, w, y = (np.ones(s, "float32") for s in ((2, 5, 8), (2, 8, 1), (2, 4, 1)))
    conv = FEW_FILTERS["_conv"]
    assert conv(x, w.astype("float64"), y, **HOW) is None
    assert conv(x[:, ::-1], w, y, **HOW) is None
    assert conv(*(a.astype("int32") for a in (x, w, y)), **HOW) is None
    wide = np.ones(1)
    assert FEW_FILTERS["conv_dense"](x, w, wide, y, None, **HOW) is None
    turned = np.ones((2, 2, 8), "float32").transpose(0, 2, 1)[..., :1]
    back = FEW_FILTERS["_conv_kernel"]
    assert back(y, x, turned, shape=turned.shape, **HOW) is None


def test_plans_bind_them(monkeypatch):
    x, w, y = (np.ones(s, "float32") for s in ((2, 5, 8), (2, 8, 1), (2, 4, 1)))
    monkeypatch.setitem(FEW_FILTERS, "_conv", lambda *arrays, **how: print)
    assert lower("_conv", HOW, [x, w], [y]) is print


def test_a_kernel_with_gaps_is_read_each_time():
    x, w = numbers("x", 2, 5, 8), numbers("w", 8, 3, 1).swapaxes(0, 1)
    out = np.empty((2, 3, 1), "float32")
    step = FEW_FILTERS["_conv"](x, w, out, **HOW)
    for _ in range(2):
        step()
        np.testing.assert_allclose(out, kernel("_conv", x, w, **HOW), 1e-5)
        w += 1
