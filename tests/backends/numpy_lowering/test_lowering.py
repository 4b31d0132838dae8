"""What plans bind: every family by name, half precision, memory written over."""

import numpy as np
import pytest

from kerasish.autodiff.primitive import PRIMITIVES
from kerasish.backends.numpy_lowering import ALIASING, FORMS, lower
from kerasish.backends.numpy_lowering.lowering import WIDENED
from kerasish.tracing.passes.packing import ELEMENTWISE
from tests.backends.numpy_lowering.lowered import check, numbers


def test_forms_are_those_of_primitives():
    made_by_passes = {"_bits", "_sum_rows", "conv_dense", "dense"}
    assert set(FORMS) - made_by_passes <= set(PRIMITIVES)
    assert ALIASING - {"fused"} <= set(FORMS)
    assert WIDENED <= set(FORMS)


def test_packed_updates_are_bound():
    assert set(FORMS) >= ELEMENTWISE
    assert ALIASING >= ELEMENTWISE - {"cast_to"}


def test_others_are_not_bound():
    one = np.ones(3)
    assert lower("no_such_primitive", {}, [one], [one]) is None


@pytest.mark.parametrize("name", ["sum", "mean", "var"])
def test_half_precision_is_reduced_in_float32(name):
    """Many small terms beside a large one would be lost one by one."""
    x = np.full((1, 5000), 0.01, "float16")
    x[0, 0] = 60
    out = np.zeros(1, "float16")
    lower(name, {"axis": (1,), "keepdims": False}, [x], [out])()
    expected = getattr(np, name)(x.astype("float64"))
    np.testing.assert_allclose(out, [expected], 1e-3)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_products_of_half_precision(dtype):
    kind = pytest.importorskip("ml_dtypes").bfloat16 if dtype == "bfloat16" else dtype
    x, w = numbers("x", 3, 40).astype(kind), numbers("w", 40, 5).astype(kind)
    out = np.zeros((3, 5), kind)
    lower("matmul", {}, [x, w], [out])()
    expected = x.astype("float64") @ w.astype("float64")
    np.testing.assert_allclose(out.astype("float64"), expected, 1e-2)


@pytest.mark.parametrize("name", ["sigmoid", "rsqrt"])
def test_half_precision_element_by_element(name):
    check(name, [numbers(name, 3, 4, dtype="float16")], 1e-3)
