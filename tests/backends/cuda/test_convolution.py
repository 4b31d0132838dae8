"""Convolutions agree with the base's kernels, whichever library computes them."""

import numpy as np
import pytest

from kerasish.backends import get_backend
from kerasish.backends.cuda import cublaslt, cudnn
from kerasish.backends.cuda.convolution import CONVOLUTIONS
from tests.backends.cuda import emulation, fake_cublaslt, fake_cudnn

pytestmark = emulation.needs_compiler
NONE = {"strides": (1, 1), "padding": ((0, 0), (0, 0)), "dilation": (1, 1), "groups": 1}
CASES = {
    "plain": ((2, 5, 6, 3), (3, 2, 3, 4), NONE),
    "padded": (
        *((2, 5, 4, 2), (3, 3, 2, 3)),
        {**NONE, "strides": (2, 2), "padding": ((0, 1), (1, 1))},
    ),
    "dilated": ((1, 6, 6, 2), (2, 2, 2, 3), {**NONE, "dilation": (2, 2)}),
    "grouped": ((2, 4, 4, 4), (2, 2, 2, 4), {**NONE, "groups": 2}),
    "along one axis": (
        *((2, 7, 3), (3, 3, 4)),
        {"strides": (2,), "padding": ((1, 1),), "dilation": (1,), "groups": 1},
    ),
    "of one position": ((2, 5, 4, 3), (1, 1, 3, 4), NONE),
}


@pytest.fixture
def front(monkeypatch):
    emulation.install(monkeypatch)
    made = fake_cudnn.frontend()
    monkeypatch.setattr(cudnn, "frontend", lambda: made)
    monkeypatch.setattr(cudnn, "_handles", {})
    monkeypatch.setattr(cudnn, "_streams", {})
    held = cublaslt.Library(fake_cublaslt.Calls())
    monkeypatch.setattr(cublaslt, "library", lambda: held)
    cudnn._planned.cache_clear()
    yield made
    cudnn._planned.cache_clear()


def normal(*shape):
    values = np.random.default_rng(sum(shape)).normal(size=shape)
    return emulation.array(values, "float32")


def empty(*shape):
    return emulation.empty(shape, "float32")


def sizes_of(x, kernel, how):
    base = get_backend("numpy")
    plain = (np.asarray(v) for v in (x, kernel))
    return base.convolve(*plain, *how.values())


@pytest.mark.parametrize("name", CASES)
def test_results(front, name):
    shape, window, how = CASES[name]
    x, kernel, base = normal(*shape), normal(*window), get_backend("numpy")
    expected = sizes_of(x, kernel, how)
    y, g = empty(*expected.shape), normal(*expected.shape)
    CONVOLUTIONS["_conv"](x, kernel, y, **how)()
    np.testing.assert_allclose(y, expected, rtol=1e-5, atol=1e-5)
    plain = [np.asarray(v) for v in (g, kernel, x)]
    dx, dk = empty(*shape), empty(*window)
    CONVOLUTIONS["_conv_input"](g, kernel, dx, shape=shape, **how)()
    found = base.convolve_input_gradient(*plain[:2], shape, *how.values())
    np.testing.assert_allclose(dx, found, rtol=1e-5, atol=1e-5)
    CONVOLUTIONS["_conv_kernel"](g, x, dk, shape=window, **how)()
    found = base.convolve_kernel_gradient(plain[0], plain[2], window, *how.values())
    np.testing.assert_allclose(dk, found, rtol=1e-5, atol=1e-5)
    assert bool(front.built) is (name != "of one position")


@pytest.mark.parametrize("refuses", [(), ("relu",), ("bias",)], ids=str)
@pytest.mark.parametrize("name", ["plain", "of one position"])
def test_a_bias_and_an_activation(front, name, refuses):
    front.refuses = refuses
    shape, window, how = CASES[name]
    x, kernel, bias = normal(*shape), normal(*window), normal(1, 1, 1, window[-1])
    expected = np.maximum(sizes_of(x, kernel, how) + np.asarray(bias), 0)
    y = empty(*expected.shape)
    CONVOLUTIONS["conv_dense"](x, kernel, bias, y, activation="relu", **how)()
    np.testing.assert_allclose(y, expected, rtol=1e-5, atol=1e-5)


def test_images_with_channels_first_are_copied(front):
    shape, window, how = CASES["padded"]
    x = normal(2, 2, 5, 4).transpose(0, 2, 3, 1)
    kernel = normal(*window)
    expected = sizes_of(x, kernel, how)
    n, h, w, c = expected.shape
    y = empty(n, c, h, w).transpose(0, 2, 3, 1)
    CONVOLUTIONS["_conv"](x, kernel, y, **how)()
    np.testing.assert_allclose(y, expected, rtol=1e-5, atol=1e-5)


def test_no_form_where_the_library_refuses(front):
    shape, window, how = CASES["plain"]
    x, kernel = normal(*shape), normal(*window)
    y = empty(*sizes_of(x, kernel, how).shape)
    front.refuses = ("fprop", "dgrad", "wgrad")
    assert CONVOLUTIONS["_conv"](x, kernel, y, **how) is None
    assert CONVOLUTIONS["_conv_input"](y, kernel, x, shape=shape, **how) is None
    assert CONVOLUTIONS["_conv_kernel"](y, x, kernel, shape=window, **how) is None
    dense = CONVOLUTIONS["conv_dense"]
    assert dense(x, kernel, normal(4), y, activation="relu", **how) is None


def test_no_form_for_operands_of_two_dtypes(front):
    shape, window, how = CASES["plain"]
    x, kernel = normal(*shape), normal(*window).astype("float16")
    y = empty(*sizes_of(x, kernel, how).shape)
    assert CONVOLUTIONS["_conv"](x, kernel, y, **how) is None
    assert CONVOLUTIONS["_conv"](empty(0, 5, 6, 3), kernel, empty(0), **how) is None
