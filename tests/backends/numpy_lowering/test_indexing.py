"""Steps that move elements compute what the primitives' own kernels do."""

import numpy as np
import pytest

from kerasish.backends.llvm.chain import has_llvm
from kerasish.backends.numpy_lowering import indexing, lower
from kerasish.backends.numpy_lowering.indexing import INDEXING
from tests.backends.numpy_lowering.lowered import check, numbers

DTYPES = ["float16", "float32", "int32", "bool"]
MOVES = [
    ("_complement", [(4, 2), (4, 4)], {}),
    ("_concatenate", [(3, 4), (3, 2), (3, 1)], {"axis": 1}),
    ("_flip", [(3, 4)], {"axes": (1,)}),
    ("_like", [(3, 4), ()], {}),
    ("_like", [(3, 4), (4,)], {}),
    ("_reshape", [(3, 4)], {"newshape": (2, 6)}),
    ("_reshaped", [(3, 4)], {"shape": (12,)}),
    ("_slice", [(3, 4)], {"axis": 1, "start": 1, "stop": 3}),
    ("_stop_gradient", [(3, 4)], {}),
    ("_transpose", [(2, 3, 4)], {"axes": (2, 0, 1)}),
    ("broadcast_to", [(4,)], {"shape": (3, 4)}),
    ("pad_axis", [(3, 4)], {"axis": 1, "before": 2, "after": 1}),
    ("pad_axis", [(3, 4)], {"axis": 0, "before": 0, "after": 2}),
    ("pad_axis", [(3, 0)], {"axis": 1, "before": 1, "after": 0}),
]
KEYS = [
    (slice(None), 2), (1, 2), (..., 0), (slice(None, None, -2),), (None, 1),
    ([2, 0, 0],), (slice(None), np.array([[1, 1], [0, 3]])),
    (np.array([True, False, True]),), (np.array([0, 2]), np.array([1, 3])),
]  # fmt: skip


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("name", "shapes", "static"), MOVES)
def test_moves(name, shapes, static, dtype):
    check(name, [numbers(name, *s, high=9).astype(dtype) for s in shapes], **static)


@pytest.mark.parametrize("name", ["_real", "_imag"])
def test_parts_of_complex_numbers(name):
    check(name, [np.array([[1 + 2j, 3 - 1j]], "complex64")])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("key", KEYS, ids=str)
def test_items(key, dtype):
    x = numbers("x", 3, 4, high=9).astype(dtype)
    check("_get_item", [x], key=key)
    check("_put_item", [np.array(x[key])], key=key, shape=(3, 4))


def test_items_of_nothing_are_left_to_the_kernel():
    x, key = np.zeros((0, 4)), (np.zeros(0, int),)
    assert lower("_get_item", {"key": key}, [x], [x]) is None


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", ["int32", "int64"])
@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("shape", [(5,), (2, 3), (), (0,)], ids=str)
def test_gathering(shape, axis, kind, dtype):
    x = numbers("x", 3, 4, high=9).astype(dtype)
    check("_take", [x, numbers("i", *shape, high=3).astype(kind)], axis=axis)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32"])
@pytest.mark.parametrize("kind", ["int32", "int64"])
@pytest.mark.parametrize("shape", [(5,), (2, 3)], ids=str)
@pytest.mark.parametrize("rest", [(), (4,), (2, 3)], ids=str)
def test_scattering(rest, shape, kind, dtype):
    updates = numbers("u", *shape, *rest, high=9).astype(dtype)
    indices = numbers("i", *shape, high=3).astype(kind)
    check("_scatter_add", [updates, indices], 1e-3, axis=0, size=4)


def test_weights_of_counts():
    weights, x = numbers("w", 6), np.array([0, 2, 2, 1, 0, 2])
    check("_weigh", [weights, x], size=4)


@pytest.mark.parametrize("dtype", ["float32", "int32"])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_gathering_along(axis, dtype):
    x = numbers("x", 3, 4, 2, high=9).astype(dtype)
    shape = [5 if i == axis else n for i, n in enumerate(x.shape)]
    indices = numbers("i", *shape, high=x.shape[axis]).astype("int32")
    check("_take_along", [x, indices], axis=axis)


def test_what_is_left_to_the_kernel():
    x, i = np.ones((3, 4), "float32"), np.zeros((2, 1), "int64")
    nothing, out = np.ones((0, 4), "float32"), np.ones((4, 2), "float32")
    assert lower("_take_along", {"axis": 0}, [x, i], [x[:2, :1]]) is None
    assert lower("_take", {"axis": 0}, [nothing, i[:0]], [nothing]) is None
    assert lower("_take", {"axis": 0}, [x, i[0]], [out.T[:1]]) is None
    static = {"axis": 1, "size": 4}
    assert lower("_scatter_add", static, [x, np.zeros(4, int)], [x]) is None


@pytest.mark.skipif(not has_llvm(), reason="needs llvmlite")
@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2)])
def test_row_sums_are_taken_in_the_order_of_memory(order):
    values = (
        np.random.default_rng(0).normal(size=(3, 4, 8)).astype("f").transpose(order)
    )
    ids = np.random.default_rng(1).integers(0, 20, values.shape[:2]).astype("int32")
    sums, slots = np.empty((13, 8), "f"), np.empty((20, 1), "int32")
    lower("_sum_rows", {"size": 20}, [values, ids], [sums, slots])()
    table = np.zeros((20, 8))
    np.add.at(table, ids, values)
    np.testing.assert_allclose(sums[slots[:, 0]], table, 1e-5, 1e-6)


def test_row_sums_without_a_compiler_are_left(monkeypatch):
    monkeypatch.setattr(indexing, "has_llvm", lambda: False)
    values, ids = np.ones((3, 8), "f"), np.zeros(3, "int32")
    sums, slots = np.empty((4, 8), "f"), np.empty((5, 1), "int32")
    assert lower("_sum_rows", {"size": 5}, [values, ids], [sums, slots]) is None


def test_every_form_is_tested():
    tested = {name for name, *_ in MOVES} | {"_real", "_imag", "_get_item", "_put_item"}
    tested |= {"_take", "_take_along", "_scatter_add", "_sum_rows", "_weigh"}
    assert set(INDEXING) == tested
