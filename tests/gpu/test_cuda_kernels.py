"""Kernels, products and convolutions on a GPU, captured, against NumPy in float64."""

import numpy as np
import pytest

from kerasish.backends import cuda, get_backend
from kerasish.backends.cuda import cublaslt, cudnn
from kerasish.backends.cuda.building import Building
from kerasish.core.config import set_matmul_precision
from tests.backends.cuda import (
    test_attention,
    test_convolution,
    test_forms,
    test_indexing,
    test_pooling,
)
from tests.backends.cuda.chain_cases import CASES
from tests.gpu import running

pytestmark = pytest.mark.gpu


@pytest.fixture
def cupy():
    return pytest.importorskip("cupy")


def empty(like):
    return running.empty(like.shape, like.dtype)


def twice(cupy, step):
    """Runs a step, then captured, as a plan does."""
    running.captured(cupy, step).launch()
    cupy.cuda.get_current_stream().synchronize()


@pytest.mark.parametrize("name", CASES)
def test_chains(cupy, name):
    case = CASES[name]()

    def place(shape, dtype):
        return empty(np.empty(shape, dtype)) if shape else cupy.empty(shape, dtype)

    step, outputs = case.bound(cuda.lower_chain, cupy.asarray, place)
    step()
    case.check([cupy.asnumpy(y) for y in outputs])
    if not case.shared:
        twice(cupy, step)
        case.check([cupy.asnumpy(y) for y in outputs])


FORMS = {
    **{f"form {n}": (n, *row) for n, row in test_forms.CASES.items()},
    **{f"index {n}": row for n, row in test_indexing.CASES.items()},
}


@pytest.mark.parametrize("title", FORMS)
def test_forms_of_primitives(cupy, title):
    name, given, static, expected = FORMS[title]
    out = empty(expected)
    step = cuda.FORMS[name](*map(cupy.asarray, given), out, **static)
    twice(cupy, step)
    np.testing.assert_allclose(cupy.asnumpy(out), expected, rtol=1e-5, atol=1e-5)


def test_windows(cupy):
    with np.errstate(all="ignore"):
        tasks = list(test_pooling.tasks())
    for title, name, given, static, expected in tasks:
        outputs = [None if e is None else empty(e) for e in expected]
        arrays = [*map(cupy.asarray, given), *outputs]
        twice(cupy, cuda.FORMS[name](*arrays, **static))
        for found, wanted in zip(outputs, expected, strict=True):
            if wanted is not None:
                np.testing.assert_allclose(
                    cupy.asnumpy(found), wanted, rtol=1e-5, atol=1e-5, err_msg=title
                )


def test_batches_are_gathered_in_one_launch(cupy):
    rng = np.random.default_rng(0)
    data = [rng.normal(size=(5000, 77)).astype("float32"), rng.integers(0, 9, 5000)]
    data.append(rng.integers(0, 256, (5000, 12, 12, 3)).astype("uint8"))
    order, columns = rng.permutation(5000), [cupy.asarray(x) for x in data]
    cursor = cupy.zeros(1, "int64")
    into = [cupy.empty((500, *x.shape[1:]), "float32") for x in data]
    step = cuda.bind_feed(columns, cupy.asarray(order), cursor, into)
    for start in range(0, 5000, 1000):  # run, then captured and launched
        twice(cupy, step)
        rows = order[start + 500 : start + 1000]
        for found, x in zip(into, data, strict=True):
            np.testing.assert_array_equal(cupy.asnumpy(found), x[rows])
        assert int(cursor[0]) == start + 1000


def test_small_launches_at_the_end_of_another(cupy):
    """The last block sees what all others have written, each time."""
    x = normal(cupy, 6000, 40)
    arrays = {n: empty(np.empty((1, 40), "float32")) for n in ("sum", "mean", "out")}

    def chain(name, *given, to, shape=None, **static):
        built = Building()
        values = [built.array(v) for v in given]
        return built.step({built.call(name, *values, shape=shape, **static): to})

    row, factor = (1, 40), cupy.full((1, 40), 1 / 6000, "float32")
    steps = [
        chain("sum", x, to=arrays["sum"], shape=row, axis=(0,), keepdims=True),
        chain("multiply", arrays["sum"], factor, to=arrays["mean"]),
        chain("square", arrays["mean"], to=arrays["out"]),
    ]
    made, _ = cuda.join(steps, ["sum", "mean", "square"])
    assert len(made) == 1 and made[0].pieces[0].grid[1] > 1
    for run in range(200):
        x[run] += 100
        for step in steps:
            step()
        expected = cupy.asnumpy(arrays["out"])
        arrays["out"].fill(0)
        made[0]()
        np.testing.assert_array_equal(cupy.asnumpy(arrays["out"]), expected)
    assert made[0]._whole.function.error is None
    twice(cupy, made[0])
    near(cupy, arrays["out"], cupy.asnumpy(x).mean(0, keepdims=True) ** 2, "float32", 9)


NEAR = {"float64": 1e-12, "float32": 1e-5, "float16": 1e-2, "bfloat16": 4e-2}


def normal(cupy, *shape, dtype="float32"):
    values = np.random.default_rng(sum(shape)).normal(size=shape)
    return cupy.asarray(values.astype(get_backend("numpy").dtype(dtype)))


def near(cupy, found, expected, dtype, scale=1.0):
    limit = NEAR[dtype] * scale
    made = cupy.asnumpy(found).astype(np.float64)
    np.testing.assert_allclose(made, expected, rtol=limit, atol=limit)


def wide(cupy, *arrays):
    return [cupy.asnumpy(x).astype(np.float64) for x in arrays]


@pytest.mark.parametrize("dtype", NEAR)
@pytest.mark.parametrize("turned", [False, True])
def test_products(cupy, dtype, turned):
    assert cublaslt.library() is not None
    x1 = normal(cupy, 70, 130, dtype=dtype)
    x2 = normal(cupy, 130, 50, dtype=dtype)
    if turned:
        x1, x2 = (cupy.ascontiguousarray(x.T).T for x in (x1, x2))
    bias, out = normal(cupy, 50, dtype=dtype), empty(np.empty((70, 50), x1.dtype))
    a, b, c = wide(cupy, x1, x2, bias)
    twice(cupy, cuda.FORMS["matmul"](x1, x2, out))
    near(cupy, out, a @ b, dtype, 12)
    twice(cupy, cuda.FORMS["dense"](x1, x2, bias, out, activation="relu"))
    near(cupy, out, np.maximum(a @ b + c, 0), dtype, 12)


def test_stacks_of_products(cupy):
    x1 = normal(cupy, 3, 9, 4, 16).swapaxes(1, 2)
    x2 = normal(cupy, 3, 9, 4, 16).transpose(0, 2, 3, 1)
    out = empty(np.empty((3, 4, 9, 9), "float32"))
    twice(cupy, cuda.FORMS["matmul"](x1, x2, out))
    a, b = wide(cupy, x1, x2)
    near(cupy, out, a @ b, "float32", 4)


def test_exact_products_are_no_tf32(cupy):
    x1, x2 = normal(cupy, 256, 512), normal(cupy, 512, 256)
    a, b = wide(cupy, x1, x2)
    errors = []
    for precision in ("highest", "high"):
        set_matmul_precision(precision)
        out = empty(np.empty((256, 256), "float32"))
        cuda.FORMS["matmul"](x1, x2, out)()
        errors.append(np.abs(cupy.asnumpy(out) - a @ b).max())
    set_matmul_precision("highest")
    assert errors[0] < 2e-4 < errors[1] < 0.2


def test_a_product_with_relu_keeps_nan(cupy):
    """By the library if it keeps NaN, else by a kernel of our own."""
    x1, x2 = normal(cupy, 8, 16), normal(cupy, 16, 8)
    x1[3] = np.nan
    out = empty(np.empty((8, 8), "float32"))
    bias = cupy.zeros(8, "float32")
    cuda.FORMS["dense"](x1, x2, bias, out, activation="relu")()
    assert cupy.isnan(out[3]).all() and not cupy.isnan(out[4]).any()


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
@pytest.mark.parametrize("name", test_convolution.CASES)
def test_convolutions(cupy, name, dtype):
    assert cudnn.frontend() is not None
    shape, window, how = test_convolution.CASES[name]
    base = get_backend("numpy")
    x, kernel = normal(cupy, *shape, dtype=dtype), normal(cupy, *window, dtype=dtype)
    hosts = wide(cupy, x, kernel)
    y = base.convolve(*hosts, *how.values())
    g, bias = (
        normal(cupy, *y.shape, dtype=dtype),
        normal(cupy, y.shape[-1], dtype=dtype),
    )
    wide_g, wide_bias = wide(cupy, g, bias)
    out, dx, dk = (empty(np.empty(s, x.dtype)) for s in (y.shape, shape, window))
    forms = cuda.FORMS
    twice(cupy, forms["_conv"](x, kernel, out, **how))
    near(cupy, out, y, dtype, 10)
    dense = forms["conv_dense"]
    twice(cupy, dense(x, kernel, bias, out, activation="relu", **how))
    near(cupy, out, np.maximum(y + wide_bias, 0), dtype, 10)
    twice(cupy, forms["_conv_input"](g, kernel, dx, shape=shape, **how))
    expected = base.convolve_input_gradient(wide_g, hosts[1], shape, *how.values())
    near(cupy, dx, expected, dtype, 10)
    twice(cupy, forms["_conv_kernel"](g, x, dk, shape=window, **how))
    expected = base.convolve_kernel_gradient(wide_g, hosts[0], window, *how.values())
    near(cupy, dk, expected, dtype, 20)


@pytest.mark.parametrize("name", test_attention.CASES)
def test_attention_of_heads(cupy, name):
    def run(step):
        twice(cupy, step)

    test_attention.check(name, cupy.asarray, cupy.empty, cuda.FORMS, run)
