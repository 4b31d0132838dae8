"""Steps that reduce compute what the primitives' own kernels do."""

import numpy as np
import pytest

from kerasish.backends.numpy_lowering import lower, reduction
from kerasish.backends.numpy_lowering.reduction import REDUCTIONS
from tests.backends.numpy_lowering.lowered import check, check_in_place, kernel, numbers

SUMS = ("sum", "mean", "var", "_max", "_min")
AXES = [((3, 4), (0,)), ((3, 4), (1,)), ((3, 4), (0, 1)), ((2, 3, 4), (1,)),
        ((2, 3, 4), (0, 2)), ((5,), (0,)), ((300, 400), (1,))]  # fmt: skip
RTOL = {"float16": 2e-3, "bfloat16": 2e-2, "float32": 1e-5, "float64": 1e-12}


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize(("shape", "axis"), AXES, ids=str)
@pytest.mark.parametrize("name", SUMS)
def test_floats(name, shape, axis, dtype, keepdims):
    x = numbers(name, *shape, dtype=dtype)
    check(name, [x], RTOL[dtype], axis=axis, keepdims=keepdims)


def test_all_axes():
    for name in SUMS:
        out, x = np.zeros((), "float32"), numbers(name, 3, 4)
        lower(name, {"axis": None, "keepdims": False}, [x], [out])()
        np.testing.assert_allclose(out, getattr(np, name.lstrip("_"))(x), 1e-5)


@pytest.mark.parametrize("name", SUMS)
def test_bfloat16(name):
    kind = pytest.importorskip("ml_dtypes").bfloat16
    check(name, [numbers(name, 3, 4).astype(kind)], 2e-2, axis=(1,), keepdims=True)


@pytest.mark.parametrize("dtype", ["int32", "int64", "uint8", "bool"])
@pytest.mark.parametrize("name", ["sum", "_max", "_min"])
def test_integers(name, dtype):
    x = numbers(name, 3, 4, high=3).astype(dtype)
    check(name, [x], axis=(0,), keepdims=False)


def test_half_precision_adds_in_float32():
    x, out = np.ones((4096, 2), "float16"), np.zeros(2, "float16")
    lower("sum", {"axis": (0,), "keepdims": False}, [x], [out])()
    assert out.tolist() == [4096, 4096]


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("axis", [(0,), (0, 1), (1, 0, 2), (1,), (2, 3), (0, 1, 2, 3)])
@pytest.mark.parametrize("images", [3, 4, 5])
def test_large_sums(images, axis, dtype, keepdims, monkeypatch):
    monkeypatch.setattr(reduction, "SMALL", 100)
    monkeypatch.setattr(reduction, "ROWS", 16)
    x = numbers("x", images, 4, 4, 6, dtype=dtype)
    check("sum", [x], RTOL[dtype] * 2, axis=axis, keepdims=keepdims)
    check("mean", [x], RTOL[dtype] * 2, axis=axis, keepdims=keepdims)


def test_large_sums_are_more_accurate():
    x = np.full((1 << 16, 2), 0.1, "float32")
    out = np.empty(2, "float32")
    lower("sum", {"axis": (0,), "keepdims": False}, [x], [out])()
    np.testing.assert_allclose(out, x.astype("float64").sum(0), 1e-5)


def test_infinite_numbers_stay_in_their_column():
    x = np.ones((40_000, 2), "float32")
    x[7, 0] = np.inf
    out = np.empty(2, "float32")
    lower("sum", {"axis": (0,), "keepdims": False}, [x], [out])()
    assert out.tolist() == [np.inf, 40_000]


@pytest.mark.parametrize("dtype", ["bool", "float32", "int32"])
@pytest.mark.parametrize("name", ["all", "any"])
@pytest.mark.parametrize("axis", [None, (0,), (1,)])
def test_conditions(name, axis, dtype):
    x = np.array([[1, 1, 0], [0, 1, 0]]).astype(dtype)
    check(name, [x], axis=axis, keepdims=False)


@pytest.mark.parametrize("shape", [(4,), (3, 1), (1, 4), (2, 3, 4), ()])
@pytest.mark.parametrize("dtype", ["float16", "float32", "int32", "bool"])
def test_sums_that_undo_broadcasting(shape, dtype):
    x = numbers("x", 2, 3, 4, high=3).astype(dtype)
    check("_sum_to", [x], RTOL.get(dtype, 0), shape=shape)


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("dtype", ["float16", "float32", "int64", "bool"])
@pytest.mark.parametrize("name", ["_argmax", "_argmin"])
def test_places(name, dtype, axis):
    check(name, [numbers(name, 2, 3, 4, high=5).astype(dtype)], axis=axis)


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("dtype", ["float16", "float32", "int32", "int64"])
@pytest.mark.parametrize("name", ["_cumsum", "_cumprod", "_prod"])
def test_accumulation(name, dtype, axis):
    x = numbers(name, 3, 4, high=3).astype(dtype)
    check(name, [x], RTOL.get(dtype, 0), axis=axis)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("axis", [(0,), (1,), (0, 1)])
@pytest.mark.parametrize("name", ["_softmax", "_log_softmax"])
def test_softmax(name, axis, dtype):
    x = numbers(name, 3, 4, dtype=dtype, low=-5, high=5)
    check(name, [x], 5 * RTOL[dtype], 1e-3 if dtype == "float16" else 1e-7, axis=axis)


@pytest.mark.parametrize("name", ["_softmax", "_log_softmax"])
def test_softmax_may_be_written_over_its_operand(name):
    check_in_place(name, [numbers(name, 3, 4)], 0, axis=(1,))


@pytest.mark.parametrize("name", ["_softmax", "_log_softmax"])
def test_softmax_of_bfloat16(name):
    kind = pytest.importorskip("ml_dtypes").bfloat16
    x, out = numbers(name, 3, 4).astype(kind), np.zeros((3, 4), kind)
    lower(name, {"axis": (1,)}, [x], [out])()
    expected = kernel(name, x.astype("float32"), axis=(1,))
    np.testing.assert_allclose(out.astype("float32"), expected, 1e-2)


@pytest.mark.parametrize("name", ["sum", "mean", "var", "any", "all"])
def test_nothing_is_reduced(name):
    check(name, [np.zeros((0, 3), "float32")], axis=(0,), keepdims=False)
    check(name, [np.zeros((3, 0), "float32")], axis=(0,), keepdims=False)


def test_every_form_is_tested():
    tested = {*SUMS, "_prod", "all", "any", "_sum_to", "_argmax", "_argmin", "_cumsum"}
    assert set(REDUCTIONS) == tested | {"_cumprod", "_softmax", "_log_softmax"}
