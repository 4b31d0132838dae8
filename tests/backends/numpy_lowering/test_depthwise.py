"""Convolutions by channel are the kernels', in one part, in several, and by threads."""

import numpy as np
import pytest

from kerasish.backends.numpy_lowering import depthwise
from kerasish.backends.numpy_lowering.depthwise import DEPTHWISE
from tests.backends.numpy_lowering.lowered import kernel, numbers, turned

# images, kernel, strides, padding, dilation
CASES = [
    ((5, 9, 3), (3, 1, 3), (1,), ((1, 1),), (1,)),
    ((5, 9, 3), (3, 1, 6), (2,), ((0, 1),), (1,)),
    ((5, 6, 7, 4), (3, 2, 1, 4), (1, 1), ((1, 1), (0, 1)), (1, 1)),
    ((5, 6, 7, 4), (3, 2, 1, 4), (2, 3), ((2, 1), (0, 3)), (1, 1)),
    ((5, 6, 7, 4), (3, 2, 1, 12), (1, 1), ((0, 0), (4, 2)), (2, 3)),
    ((3, 4, 3, 5, 2), (2, 2, 2, 1, 4), (1, 2, 1), ((0, 0), (1, 1), (0, 1)), (1, 1, 1)),
]


@pytest.fixture(params=["at once", "in parts", "two threads"], autouse=True)
def way(request, monkeypatch):
    """Few and many images at a time, and by threads."""
    if request.param == "in parts":
        monkeypatch.setattr(depthwise, "BLOCK", 300)
    if request.param == "two threads":
        request.getfixturevalue("two_threads")


@pytest.mark.parametrize("order", [np.asarray, turned])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_convolution(case, dtype, order):
    shape, window, *how = case
    rest = dict(zip(("strides", "padding", "dilation"), how, strict=True))
    rest["groups"] = shape[-1]
    x, w = numbers("x", *shape, dtype=dtype), numbers("w", *window, dtype=dtype)
    y = kernel("_conv", x, w, **rest)
    x, w, g = order(x), order(w), order(numbers("g", *y.shape, dtype=dtype))
    cases = [
        ("_conv", (x, w), y.shape, {}),
        ("_conv_input", (g, w), x.shape, {"shape": shape}),
        ("_conv_kernel", (g, x), w.shape, {"shape": window}),
    ]
    for name, given, size, more in cases:
        out = np.full(size, 7, dtype)
        step = DEPTHWISE[name](*given, out, **rest, **more)
        for _ in range(2):
            step()
            expected = kernel(name, *given, **rest, **more)
            np.testing.assert_allclose(out, expected, 1e-5, 1e-6)
            for array in given:
                array[...] = np.roll(array, 1)


def test_what_does_not_suit():
    x, w, y = (np.ones(s, "float32") for s in ((2, 5, 4), (2, 2, 4), (2, 4, 4)))
    rest = {"strides": (1,), "padding": ((0, 0),), "dilation": (1,), "groups": 2}
    assert DEPTHWISE["_conv"](x, w, y, **rest) is None
    assert DEPTHWISE["_conv_input"](y, w, x, shape=x.shape, **rest) is None
    assert DEPTHWISE["_conv_kernel"](y, x, w, shape=w.shape, **rest) is None
    other = w[:, :1].astype("float64")
    assert DEPTHWISE["_conv"](x, other, y, **rest | {"groups": 4}) is None


def test_every_form_is_tested():
    assert set(DEPTHWISE) == {"_conv", "_conv_input", "_conv_kernel"}
