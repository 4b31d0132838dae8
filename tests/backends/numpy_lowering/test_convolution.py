"""Bound convolutions and windows are the kernels', in one part and in several."""

import numpy as np
import pytest

from kerasish.backends.numpy_lowering import input_gradient, lower, windows
from kerasish.backends.numpy_lowering.convolution import CONVOLUTIONS
from kerasish.backends.onednn import loading
from tests.backends.numpy_lowering.lowered import check, kernel, numbers

NONE = ((0, 0), (0, 0))
# images, kernel, strides, padding, dilation, groups
CASES = [
    ((2, 7, 4), (3, 4, 5), (1,), NONE[:1], (1,), 1),
    ((2, 8, 4), (3, 4, 5), (2,), ((2, 1),), (1,), 1),
    ((3, 6, 7, 3), (3, 2, 3, 4), (1, 2), NONE, (1, 1), 1),
    ((3, 6, 7, 3), (3, 2, 3, 4), (1, 2), ((1, 1), (0, 1)), (1, 1), 1),
    ((3, 6, 7, 3), (2, 2, 3, 4), (1, 1), ((2, 0), (1, 3)), (2, 3), 1),
    ((3, 5, 5, 4), (1, 1, 4, 6), (1, 1), NONE, (1, 1), 1),
    ((3, 5, 5, 4), (1, 1, 4, 6), (1, 1), ((1, 1), (0, 2)), (1, 1), 1),
    ((3, 5, 5, 4), (1, 1, 4, 6), (2, 2), NONE, (1, 1), 1),
    ((3, 5, 5, 6), (2, 2, 2, 9), (1, 1), ((0, 1), (0, 1)), (1, 1), 3),
    ((3, 5, 5, 6), (2, 2, 1, 6), (1, 1), ((0, 1), (0, 1)), (1, 1), 6),
    ((3, 5, 5, 6), (1, 1, 2, 6), (1, 1), NONE, (1, 1), 3),
    ((2, 5, 6, 8), (2, 3, 8, 4), (1, 1), NONE, (1, 1), 1),
    ((4, 12, 12, 2), (3, 3, 2, 3), (1, 1), ((1, 1), (1, 1)), (1, 1), 1),
    ((3, 6, 7, 3), (3, 3, 3, 4), (2, 2), ((0, 1), (1, 1)), (1, 1), 1),
    ((3, 7, 6, 6), (5, 2, 3, 4), (3, 3), ((1, 2), (0, 0)), (1, 1), 2),
    ((3, 7, 6, 3), (2, 2, 3, 4), (2, 2), ((3, 3), (0, 4)), (1, 1), 1),
    ((3, 7, 6, 3), (2, 2, 3, 4), (2, 1), ((0, 0), (0, 0)), (2, 3), 1),
    ((2, 4, 4, 3, 2), (2, 2, 2, 2, 3), (1, 1, 1), (*NONE, (1, 0)), (1, 1, 1), 1),
]
RTOL = {"float16": 1e-2, "float32": 1e-5, "float64": 1e-12}


@pytest.fixture(params=["oneDNN", "at once", "in parts", "two threads"], autouse=True)
def way(request, monkeypatch):
    """By oneDNN, and without it few and many images at a time, and by threads."""
    if request.param != "oneDNN":
        monkeypatch.setattr(loading, "library", lambda: None)
    if request.param == "in parts":
        monkeypatch.setattr(windows, "ROWS", 200)
        monkeypatch.setattr(input_gradient, "BLOCK", 200)
    if request.param == "two threads":
        request.getfixturevalue("two_threads")


@pytest.mark.parametrize("dtype", RTOL)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_convolution(case, dtype):
    x, w, *how = case
    rest = dict(zip(("strides", "padding", "dilation", "groups"), how, strict=True))
    images, weights = numbers("x", *x, dtype=dtype), numbers("w", *w, dtype=dtype)
    g = kernel("_conv", images, weights, **rest)
    g = numbers("g", *g.shape, dtype=dtype)
    check("_conv", [images, weights], RTOL[dtype], **rest)
    check("_conv_input", [g, weights], RTOL[dtype], shape=x, **rest)
    check("_conv_kernel", [g, images], RTOL[dtype], shape=w, **rest)


@pytest.mark.parametrize("activation", [None, "relu", "tanh", "sigmoid"])
@pytest.mark.parametrize("dtype", RTOL)
def test_convolution_with_bias_and_activation(activation, dtype):
    x, w = numbers("x", 3, 5, 5, 4, dtype=dtype), numbers("w", 2, 2, 4, 6, dtype=dtype)
    b = numbers("b", 6, dtype=dtype) - np.asarray(2, dtype)
    rest = {"strides": (1, 1), "padding": NONE, "dilation": (1, 1), "groups": 1}
    y = kernel("_conv", *(a.astype("float64") for a in (x, w)), **rest) + b
    expected = {
        None: y,
        "relu": y.clip(0),
        "tanh": np.tanh(y),
        "sigmoid": 1 / (1 + np.exp(-y)),
    }[activation]
    for bias in (b, b.reshape(1, 1, 1, 6)):
        out = np.empty(y.shape, dtype)
        lower("conv_dense", {"activation": activation, **rest}, [x, w, bias], [out])()
        np.testing.assert_allclose(out, expected, RTOL[dtype], RTOL[dtype])


@pytest.mark.parametrize("name", ["_conv", "_conv_input", "_conv_kernel"])
def test_without_images_the_kernel_is_called(name):
    x, w, g = (np.zeros(s, "float32") for s in ((0, 5, 3), (2, 3, 4), (0, 4, 4)))
    rest = {"strides": (1,), "padding": ((0, 0),), "dilation": (1,), "groups": 1}
    given = {"_conv": [x, w], "_conv_input": [g, w], "_conv_kernel": [g, x]}[name]
    out = {"_conv": g, "_conv_input": x, "_conv_kernel": w}[name]
    shape = {} if name == "_conv" else {"shape": out.shape}
    assert lower(name, shape | rest, given, [out]) is None


def test_images_of_another_dtype_are_left_to_the_kernel():
    x, w, out = np.ones((1, 3, 1)), np.ones((2, 1, 1), "float32"), np.ones((1, 2, 1))
    rest = {"strides": (1,), "padding": ((0, 0),), "dilation": (1,), "groups": 1}
    for name, given in (("_conv_input", [out, w]), ("_conv_kernel", [w, x])):
        assert lower(name, {"shape": x.shape} | rest, given, [x]) is None
    assert lower("_conv", rest, [w, w], [out]) is None


def test_every_form_is_tested():
    assert set(CONVOLUTIONS) == {"_conv", "_conv_input", "_conv_kernel", "conv_dense"}
