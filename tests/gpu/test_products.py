"""Products with what cublasLt does besides, and ways that are chosen, on a GPU.

Each against NumPy in float64, with TF32 and without, plain and captured.
"""

import warnings
from itertools import product

import numpy as np
import pytest

from kerasish.backends import cuda, get_backend
from kerasish.backends.cuda import choosing, convolution, cublaslt, products, trust
from kerasish.backends.cuda.multiplication import End, bind_product
from kerasish.core.config import set_matmul_precision
from tests.backends.cuda import test_fused_attention
from tests.gpu.test_cuda_kernels import empty, normal, twice, wide

pytestmark = pytest.mark.gpu

ERRORS = {"float64": 1e-12, "float32": 1e-5, "float16": 3e-3, "bfloat16": 2e-2}
TF32 = 2e-3
DTYPES = [*((dtype, "highest") for dtype in ERRORS), ("float32", "high")]
SIZES = [(64, 128, 32), (70, 130, 50), (256, 784, 10)]


@pytest.fixture
def cupy():
    return pytest.importorskip("cupy")


@pytest.fixture(autouse=True)
def precision():
    yield
    set_matmul_precision("highest")


def agree(cupy, found, expected, dtype, precision):
    """Compares by the norm, as sums have terms of both signs."""
    limit = TF32 if precision == "high" and dtype == "float32" else ERRORS[dtype]
    found = cupy.asnumpy(found).astype(np.float64)
    error = np.linalg.norm(found - expected) / np.linalg.norm(expected)
    assert error < limit, error


def operands(cupy, sizes, dtype):
    rows, inner, columns = sizes
    x1, x2 = (normal(cupy, *s, dtype=dtype) for s in ((rows, inner), (inner, columns)))
    return x1, x2, normal(cupy, columns, dtype=dtype)


def gelu(x):
    return x * 0.5 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


@pytest.mark.parametrize(("dtype", "precision"), DTYPES)
@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_what_comes_with_a_product(cupy, sizes, dtype, precision):
    """The forms do it in one launch, or, where the library refuses, in two."""
    set_matmul_precision(precision)
    x1, x2, bias = operands(cupy, sizes, dtype)
    a, b, c = wide(cupy, x1, x2, bias)
    out = empty(np.empty((sizes[0], sizes[2]), x1.dtype))
    for activation, expected in (
        (None, a @ b + c),
        ("relu", np.maximum(a @ b + c, 0)),
    ):
        twice(cupy, cuda.FORMS["dense"](x1, x2, bias, out, activation=activation))
        agree(cupy, out, expected, dtype, precision)
    g, sums = normal(cupy, sizes[0], sizes[2], dtype=dtype), cupy.empty_like(bias)
    made = empty(np.empty(sizes[1:], x1.dtype))
    twice(cupy, cuda.FORMS["dense_gradients"](x1.T, g, made, sums))
    (h,) = wide(cupy, g)
    agree(cupy, made, a.T @ h, dtype, precision)
    agree(cupy, sums, h.sum(0), dtype, precision)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_float32_is_made_of_half_precision(cupy, dtype):
    x, g = (normal(cupy, 130, n, dtype=dtype) for n in (70, 50))
    out, sums = (empty(np.empty(s, "float32")) for s in ((70, 50), (50,)))
    a, b = wide(cupy, x, g)
    twice(cupy, cuda.FORMS["dense_gradients"](x.T, g, out, sums))
    agree(cupy, out, a.T @ b, "float32", "highest")
    agree(cupy, sums, b.sum(0), "float32", "highest")
    twice(cupy, cuda.FORMS["matmul"](x.T, g, out))
    agree(cupy, out, a.T @ b, "float32", "highest")


@pytest.mark.parametrize(("dtype", "precision"), DTYPES)
def test_which_epilogues_the_library_has(cupy, dtype, precision, record_property):
    """What is refused is written down, what is done is checked."""
    set_matmul_precision(precision)
    x1, x2, bias = operands(cupy, SIZES[0], dtype)
    a, b, c = wide(cupy, x1, x2, bias)
    sums, out = cupy.empty_like(bias), empty(np.empty((64, 32), x1.dtype))
    ends = {
        "bias": (End(bias), a @ b + c),
        "bias and relu": (End(bias, "relu"), np.maximum(a @ b + c, 0)),
        "bias and gelu": (End(bias, "gelu"), gelu(a @ b + c)),
        "sums": (End(sums=sums), a @ b),
    }
    for name, (end, expected) in ends.items():
        step = bind_product(x1, x2, out, end)
        record_property(f"{name} {dtype} {precision}", step is not None)
        if step is None:
            continue
        twice(cupy, step)
        limit = 20 if name == "bias and gelu" else 1  # by an instruction's tanh
        found = cupy.asnumpy(out).astype(np.float64)
        error = np.linalg.norm(found - expected) / np.linalg.norm(expected)
        tf32 = TF32 if precision == "high" and dtype == "float32" else ERRORS[dtype]
        assert error < limit * tf32, (name, error)
        if name == "sums":
            agree(cupy, sums, b.sum(0), dtype, precision)


def test_every_algorithm_that_is_offered_computes_the_same(cupy, monkeypatch):
    tried = []

    def fastest(key, ways):
        tried.append(len(ways))
        for way in ways:
            way()
        return len(ways) - 1

    monkeypatch.setattr(choosing, "LEAST", 1)
    monkeypatch.setattr(choosing, "fastest", fastest)
    x1, x2, bias = operands(cupy, (512, 256, 384), "bfloat16")
    a, b, c = wide(cupy, x1, x2, bias)
    out = empty(np.empty((512, 384), x1.dtype))
    twice(cupy, cuda.FORMS["dense"](x1, x2, bias, out, activation="relu"))
    agree(cupy, out, np.maximum(a @ b + c, 0), "bfloat16", "highest")
    assert tried[0] > 1


def test_the_fastest_is_found_by_time(cupy, monkeypatch):
    monkeypatch.setattr(choosing, "_chosen", {})
    small, large = cupy.zeros(2**10), cupy.zeros(2**26)
    ways = [lambda x=x: cupy.add(x, x, out=x) for x in (large, small, large)]
    assert choosing.fastest("sums", ways) == 1
    assert choosing.fastest("sums", [ways[0]] * 3) == 1
    before = cupy.get_default_memory_pool().used_bytes()
    x = normal(cupy, 2048, 2048)
    out = cupy.empty_like(x)
    step = cuda.FORMS["matmul"](x, x, out)
    twice(cupy, step)
    (a,) = wide(cupy, x)
    agree(cupy, out, a @ a, "float32", "highest")
    assert len(choosing._chosen) == 2
    del step, out, x
    assert cupy.get_default_memory_pool().used_bytes() <= before + 2**20


def test_nothing_is_tried_in_a_capture(cupy, monkeypatch):
    monkeypatch.setattr(choosing, "_chosen", {})
    monkeypatch.setattr(trust, "_known", {})
    stream = cupy.cuda.Stream(non_blocking=True)
    with stream:
        stream.begin_capture()
        assert choosing.fastest("captured", [lambda: None] * 2) == 0
        assert not trust.is_right("It", "captured", list)
        stream.end_capture()
    assert not choosing._chosen and not trust._known


KINDS = ("forward", "input", "kernel")


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
@pytest.mark.parametrize("kind", KINDS)
def test_kernels_may_lie_as_keras_has_them(cupy, kind, dtype, monkeypatch):
    """What decides whether kernels of convolutions are turned; a warning tells."""
    monkeypatch.setattr(trust, "_known", {})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert convolution._is_trusted(kind, normal(cupy, 1, dtype=dtype).dtype)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_convolutions_that_are_chosen_by_time(cupy, dtype):
    set_matmul_precision("high")
    base = get_backend("numpy")
    how = {"strides": (1, 1), "padding": ((1, 1), (1, 1)), "dilation": (1, 1)}
    how["groups"] = 1
    x = normal(cupy, 16, 28, 28, 32, dtype=dtype)
    kernel = normal(cupy, 3, 3, 32, 64, dtype=dtype)
    hosts = wide(cupy, x, kernel)
    y = base.convolve(*hosts, *how.values())
    out, dk = empty(np.empty(y.shape, x.dtype)), empty(kernel)
    twice(cupy, cuda.FORMS["_conv"](x, kernel, out, **how))
    agree(cupy, out, y, dtype, "high")
    g = normal(cupy, *y.shape, dtype=dtype)
    twice(cupy, cuda.FORMS["_conv_kernel"](g, x, dk, shape=kernel.shape, **how))
    (h,) = wide(cupy, g)
    expected = base.convolve_kernel_gradient(h, hosts[0], kernel.shape, *how.values())
    agree(cupy, dk, expected, dtype, "high")
    dx = empty(x)
    twice(cupy, cuda.FORMS["_conv_input"](g, kernel, dx, shape=x.shape, **how))
    expected = base.convolve_input_gradient(h, hosts[1], x.shape, *how.values())
    agree(cupy, dx, expected, dtype, "high")


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_attention_in_half_precision_is_one_kernel(cupy, dtype, monkeypatch):
    monkeypatch.setattr(trust, "_known", {})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        kinds = (test_fused_attention.PARTS, test_fused_attention.SHARED)
        for causal, masked, parts in product((False, True), (False, True), kinds):
            assert cuda.attends(dtype, parts, causal, 0.3)
            test_fused_attention.check(
                *(dtype, causal, cupy.asarray, cupy.empty, cuda.FORMS),
                *(lambda step: twice(cupy, step), masked, parts),
            )


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_a_convolution_with_relu_keeps_nan(cupy, dtype):
    x = normal(cupy, 2, 9, 9, 8, dtype=dtype)
    x[1] = np.nan
    kernel, bias = (normal(cupy, *s, dtype=dtype) for s in ((3, 3, 8, 16), (16,)))
    out = empty(np.empty((2, 7, 7, 16), x.dtype))
    how = {"strides": (1, 1), "padding": ((0, 0), (0, 0)), "dilation": (1, 1)}
    dense = cuda.FORMS["conv_dense"]
    twice(cupy, dense(x, kernel, bias, out, groups=1, activation="relu", **how))
    found = np.isnan(cupy.asnumpy(out).astype(np.float64))
    assert found[1].all() and not found[0].any()


def test_who_keeps_nan(cupy, record_property):
    """Nothing is required: what the libraries' activations do is written down."""
    for dtype in ("float32", "float16", "bfloat16"):
        kind = normal(cupy, 1, dtype=dtype).dtype
        for owner in (products, convolution):
            found = owner._may_end("relu", kind)
            record_property(f"{owner.__name__} {dtype} keeps NaN", found)


def test_the_library_is_there(cupy):
    assert cublaslt.library() is not None
