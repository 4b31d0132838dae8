"""oneDNN's convolutions are the kernels of the base, over shapes drawn at random."""

import numpy as np
import pytest

from kerasish.backends.numpy_lowering import lower
from kerasish.backends.onednn import (
    bind_convolution,
    bind_input_gradient,
    bind_kernel_gradient,
    library,
    loading,
)
from kerasish.backends.onednn.making import Making, image, numbers
from kerasish.core import config
from tests.backends.numpy_lowering.lowered import kernel

pytestmark = pytest.mark.skipif(library() is None, reason="oneDNN is not installed")


def drawn(seed):
    """Returns operands of a convolution, and how it goes."""
    rng = np.random.default_rng(seed)
    rank = rng.integers(1, 4)
    groups = int(rng.choice([1, 1, 1, 2, 3]))
    window, strides, dilation, padding, sizes = [], [], [], [], []
    for _ in range(rank):
        w, s, d = (int(rng.integers(1, n)) for n in (5, 4, 3))
        before, after = (int(rng.integers(0, w)) for _ in range(2))
        least = max((w - 1) * d + 1 - before - after, 1)
        sizes.append(least + int(rng.integers(0, 8)))
        window.append(w)
        strides.append(s)
        dilation.append(d)
        padding.append((before, after))
    channels = int(rng.integers(1, 5)) if rng.random() < 0.7 else 16
    filters = int(rng.integers(1, 5)) if rng.random() < 0.7 else 16
    x = rng.normal(size=(int(rng.integers(1, 4)), *sizes, channels * groups))
    w = rng.normal(size=(*window, channels, filters * groups))
    how = {"strides": strides, "padding": padding, "dilation": dilation}
    how = {k: tuple(v) for k, v in how.items()} | {"groups": groups}
    if rng.random() < 0.3:  # as of images with channels first
        x = np.moveaxis(np.moveaxis(x, -1, 1).copy(), 1, -1)
    return x, w, how


def agree(steps, out, expected, dtype, always=True):
    if steps is None and not always:  # the library has no fast code
        return
    assert steps is not None
    for _ in range(2):
        out[...] = np.nan
        for step in steps:
            step()
        rtol = {"bfloat16": 3e-2, "float32": 1e-4}[dtype]
        scale = np.abs(expected).max()
        np.testing.assert_allclose(out.astype("float64"), expected, rtol, rtol * scale)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("seed", range(60))
def test_shapes_drawn_at_random(seed, dtype):
    if dtype == "bfloat16":
        dtype_object = pytest.importorskip("ml_dtypes").bfloat16
    else:
        dtype_object = np.float32
    wide_x, wide_w, how = drawn(seed)
    x = wide_x.astype(dtype_object, order="K")
    w = wide_w.astype(dtype_object)
    wide_x, wide_w = x.astype("float64"), w.astype("float64")
    y = kernel("_conv", wide_x, wide_w, **how)
    g = np.cos(np.arange(y.size)).reshape(y.shape).astype(dtype_object)
    wide_g = g.astype("float64")
    out = np.empty(y.shape, dtype_object)
    steps = bind_convolution(x, w, out, **how)
    if steps is None and dtype == "bfloat16":
        pytest.skip("the processor has no bfloat16")
    agree(steps, out, y, dtype)
    bias = np.linspace(-1, 1, w.shape[-1]).astype(dtype_object)
    ended = np.maximum(y + bias.astype("float64"), 0)
    agree(bind_convolution(x, w, out, bias, "relu", **how), out, ended, dtype)
    dx, dw = np.empty(x.shape, dtype_object), np.empty(w.shape, dtype_object)
    expected = kernel("_conv_input", wide_g, wide_w, shape=x.shape, **how)
    agree(bind_input_gradient(g, w, dx, **how), dx, expected, dtype)
    expected = kernel("_conv_kernel", wide_g, wide_x, shape=w.shape, **how)
    agree(
        bind_kernel_gradient(g, x, dw, **how), dw, expected, dtype, dtype == "float32"
    )


HOW = {"strides": (1,), "padding": ((0, 0),), "dilation": (1,), "groups": 1}


def test_activations():
    x, w, b = np.linspace(-1, 1, 8), np.ones((1, 1, 1)), np.array([0.25])
    x, w, b = (a.astype("float32") for a in (x.reshape(1, 8, 1), w, b))
    z = x.astype("float64") + 0.25
    for name, expected in {
        None: z,
        "relu": z.clip(0),
        "tanh": np.tanh(z),
        "sigmoid": 1 / (1 + np.exp(-z)),
    }.items():
        agree(
            bind_convolution(x, w, out := x.copy(), b, name, **HOW),
            out,
            expected,
            "float32",
        )


@pytest.mark.parametrize("channels", [1, 4])
def test_nan_stays_nan(channels):
    x, w = np.full((1, 5, channels), np.nan, "float32"), np.ones((2, 1, 8), "float32")
    out = np.zeros((1, 4, 8), "float32")
    how = {**HOW, "groups": channels}
    for step in bind_convolution(x, w, out, np.ones(8, "float32"), "relu", **how):
        step()
    assert np.isnan(out).all()


def test_half_gradients_of_kernels_are_left_to_float32():
    kind = pytest.importorskip("ml_dtypes").bfloat16
    x, g, w = (np.ones(s, kind) for s in ((3, 1, 6), (3, 1, 8), (2, 6, 8)))
    how = {"strides": (2,), "padding": ((1, 0),), "dilation": (1,), "groups": 1}
    assert bind_kernel_gradient(g, x, w, **how) is None
    lower("_conv_kernel", {**how, "shape": w.shape}, [g, x], [w])()
    assert (w[0] == 0).all() and (w[1] == 3).all()


def test_what_is_left_to_numpy(monkeypatch):
    x, w = np.ones((1, 4, 1), "float32"), np.ones((2, 1, 1), "float32")
    y = np.ones((1, 3, 1), "float32")
    whole = [a.astype("int32") for a in (x, w, y)]
    assert bind_convolution(*whole, **HOW) is None
    assert bind_convolution(x.astype("float64"), w, y, **HOW) is None
    assert bind_convolution(x[:0], w, y[:0], **HOW) is None
    assert bind_convolution(x[:, ::-1], w, y, **HOW) is None
    assert bind_convolution(x, w, y, np.ones(1), **HOW) is None
    assert bind_convolution(x, w, x, **HOW) is None  # refused: of another size
    assert bind_input_gradient(x, w, x, **HOW) is None
    assert bind_kernel_gradient(x, x, w, **HOW) is None
    monkeypatch.setattr(loading, "library", lambda: None)
    assert bind_convolution(x, w, y, **HOW) is None


def test_products_of_less_precision_where_they_are_allowed():
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(2, 40, 64)), rng.normal(size=(3, 64, 64))
    x, w = x.astype("float32"), w.astype("float32")
    expected = kernel("_conv", x.astype("float64"), w.astype("float64"), **HOW)
    errors = {}
    for precision in ("highest", "medium"):
        config.set_matmul_precision(precision)
        out = np.empty(expected.shape, "float32")
        for step in bind_convolution(x, w, out, **HOW):
            step()
        errors[precision] = np.abs(out - expected).max() / np.abs(expected).max()
    config.set_matmul_precision("highest")
    assert errors["highest"] < 1e-6
    assert errors["medium"] < 1e-2


def first(x):
    """Returns the same images with channels first in memory."""
    return np.moveaxis(np.moveaxis(x, -1, 1).copy(), 1, -1)


def test_images_in_another_order_are_copied():
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(2, 6, 5, 3)), rng.normal(size=(2, 3, 3, 4))
    x, w = x.astype("float32"), w.astype("float32")
    how = {"strides": (1, 2), "padding": ((0, 1), (1, 1)), "dilation": (1, 1)}
    how["groups"] = 1
    y = kernel("_conv", x, w, **how)
    dx = kernel("_conv_input", y, w, shape=x.shape, **how)
    dw = kernel("_conv_kernel", y, x, shape=w.shape, **how)
    for given in (x, first(x)):
        for out in (np.empty_like(y), first(y)):
            agree(bind_convolution(given, w, out, **how), out, y, "float32")
        for g in (y, first(y)):
            out = np.empty_like(given)
            agree(bind_input_gradient(g, w, out, **how), out, dx, "float32")
            out = np.empty_like(w)
            agree(bind_kernel_gradient(g, given, out, **how), out, dw, "float32")


def test_the_plain_loops_of_the_library_are_refused():
    x, y = np.ones((2, 8, 9, 16), "float32"), np.ones((2, 8, 9, 16), "float32")
    making = Making(library())
    layouts = [making.layout(image(first(x))), making.layout(image(y))]
    windows = [numbers(n) for n in ((1, 1), (1, 1), (0, 0), (0, 0), (0, 0))]
    largest = 0x1FF
    description = making.description(
        "pooling_forward", 96, largest, *layouts, *windows, None
    )
    with pytest.raises(loading.Refused, match="no fast code"):
        making.execution(description, {}, [])
