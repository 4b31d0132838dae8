"""Convolutions agree with the base's kernels, whichever library computes them."""

import numpy as np
import pytest

from kerasish.backends import get_backend
from kerasish.backends.cuda import choosing, cublaslt
from kerasish.backends.cuda.convolution import CONVOLUTIONS
from kerasish.core.config import set_matmul_precision
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
    made = emulation.install_frontend(monkeypatch)
    held = cublaslt.Library(fake_cublaslt.Calls())
    monkeypatch.setattr(cublaslt, "library", lambda: held)
    return made


def normal(*shape):
    values = np.random.default_rng(sum(shape)).normal(size=shape)
    return emulation.array(values, "float32")


def empty(*shape):
    return emulation.empty(shape, "float32")


def turned_of(front):
    """Returns of each plan that was built whether its kernel lies turned."""
    kernels = [t for graph in front.built for t in graph.tensors if t.uid == 2]
    return [t.stride[0] != 1 for t in kernels]


def sizes_of(x, kernel, how):
    base = get_backend("numpy")
    plain = (np.asarray(v) for v in (x, kernel))
    return base.convolve(*plain, *how.values())


@pytest.mark.parametrize(
    "refuses", [(), ("filters last",)], ids=["as they lie", "turned"]
)
@pytest.mark.parametrize("name", CASES)
def test_results(front, name, refuses):
    front.refuses = refuses
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


@pytest.mark.parametrize("hides", [False, True])
def test_relu_is_ours_where_the_library_hides_nan(front, hides):
    front.hides_nan = hides
    shape, window, how = CASES["plain"]
    x, kernel, bias = normal(*shape), normal(*window), normal(window[-1])
    x[1] = np.nan
    expected = np.maximum(sizes_of(x, kernel, how) + np.asarray(bias), 0)
    y = empty(*expected.shape)
    CONVOLUTIONS["conv_dense"](x, kernel, bias, y, activation="relu", **how)()
    np.testing.assert_allclose(y, expected, rtol=1e-5, atol=1e-5)
    assert np.isnan(y[1]).all()
    last = [t.made.name for t in front.built[-1].tensors if t.made][-1]
    assert last == ("bias" if hides else "relu")


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


def check_all(front):
    """Checks the three kinds of one case."""
    test_results(front, "plain", front.refuses)


def test_kernels_are_read_as_they_lie_where_that_is_right(front):
    check_all(front)
    # Each kind is compared in two sizes; then no plan is made for a turned kernel.
    assert turned_of(front).count(True) == 6
    assert turned_of(front).count(False) == 9


def test_kernels_are_turned_where_the_library_is_wrong(front, monkeypatch):
    def misread(self, pointer):
        if self.uid == 2 and self.stride[0] == 1:
            return right(self, pointer)[:, :, ::-1]
        return right(self, pointer)

    right = fake_cudnn.Tensor.array
    monkeypatch.setattr(fake_cudnn.Tensor, "array", misread)
    with pytest.warns(UserWarning, match="on a kernel as it lies gives other numbers"):
        check_all(front)
    assert turned_of(front)[-1]


def test_the_fastest_way_is_taken(front, monkeypatch):
    asked = []

    def fastest(key, ways):
        for way in ways:
            way()
        asked.append(len(ways))
        return 3

    shape, window, how = CASES["plain"]
    x, kernel = normal(*shape), normal(*window)
    expected = sizes_of(x, kernel, how)
    monkeypatch.setattr(choosing, "LEAST", 1)
    monkeypatch.setattr(choosing, "fastest", fastest)
    set_matmul_precision("high")
    try:
        y = empty(*expected.shape)
        step = CONVOLUTIONS["_conv"](x, kernel, y, **how)
        assert not np.isclose(y, expected).any()  # others were tried on other memory
        step()
        np.testing.assert_allclose(y, expected, rtol=1e-5, atol=1e-5)
        dk = empty(*window)
        step = CONVOLUTIONS["_conv_kernel"](
            normal(*y.shape), x, dk, shape=window, **how
        )
        step()
    finally:
        set_matmul_precision("highest")
    assert asked == [4, 4]
    plain = np.asarray(normal(*y.shape)), np.asarray(x)
    found = get_backend("numpy").convolve_kernel_gradient(*plain, window, *how.values())
    np.testing.assert_allclose(dk, found, rtol=1e-5, atol=1e-5)
    assert turned_of(front)[-1]
