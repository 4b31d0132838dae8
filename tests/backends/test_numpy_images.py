"""Convolution without a plan has the kernels of plans, or else those of the base."""

import numpy as np
import pytest

from kerasish.backends import get_backend
from tests.backends.numpy_lowering.lowered import kernel, numbers

NUMPY = get_backend("numpy")
HOW = {
    "strides": (2, 1),
    "padding": ((1, 0), (1, 2)),
    "dilation": (1, 2),
    "groups": 2,
}


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32"])
def test_it_gives_what_the_base_gives(dtype):
    x = numbers("x", 2, 5, 6, 4, low=-9, high=9).astype(dtype)
    w = numbers("w", 3, 2, 2, 6, low=-9, high=9).astype(dtype)
    y = NUMPY.convolve(x, w, **HOW)
    g = numbers("g", *y.shape, low=-9, high=9).astype(dtype)
    pairs = [
        (y, kernel("_conv", x, w, **HOW)),
        (
            NUMPY.convolve_input_gradient(g, w, x.shape, **HOW),
            kernel("_conv_input", g, w, shape=x.shape, **HOW),
        ),
        (
            NUMPY.convolve_kernel_gradient(g, x, w.shape, **HOW),
            kernel("_conv_kernel", g, x, shape=w.shape, **HOW),
        ),
    ]
    rtol = {"float16": 1e-2, "float32": 1e-5}.get(dtype, 1e-12)
    for found, expected in pairs:
        assert found.dtype == expected.dtype == dtype
        np.testing.assert_allclose(found, expected, rtol, 10 * rtol)


def test_no_images_are_left_to_the_base():
    x, w = np.zeros((0, 5, 5, 2), "float32"), np.zeros((3, 3, 2, 4), "float32")
    how = {**HOW, "groups": 1}
    y = NUMPY.convolve(x, w, **how)
    assert y.shape == kernel("_conv", x, w, **how).shape
    assert NUMPY.convolve_input_gradient(y, w, x.shape, **how).shape == x.shape
    assert not NUMPY.convolve_kernel_gradient(y, x, w.shape, **how).any()
