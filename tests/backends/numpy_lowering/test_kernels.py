"""Recorded kernels compute, bit by bit, what the kernels themselves do."""

import numpy as np
import pytest

from kerasish.backends.numpy_lowering import kernels as kernels
from kerasish.backends.numpy_lowering import lower
from kerasish.backends.numpy_lowering.kernels import KERNELS
from tests.backends.numpy_lowering.lowered import agree, check_in_place, kernel

SPECIAL = [0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, 0.46875, 4.0, -6.0, 40.0]


def operand(name, size, dtype):
    x = np.linspace(-1 if name == "erfinv" else -9, 1 if name == "erfinv" else 9, size)
    x[: min(size, len(SPECIAL))] = SPECIAL[:size]
    return x.astype(dtype)


@pytest.mark.parametrize("size", [0, 1, 40, 1000])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("name", sorted(KERNELS))
def test_results(name, dtype, size, monkeypatch):
    monkeypatch.setattr(kernels, "BLOCK", 300)
    x = operand(name, size, dtype)
    out = np.empty_like(x)
    step = lower(name, {}, [x], [out])
    for _ in range(2):
        x[...] = np.roll(x, 1)
        with np.errstate(all="ignore"):
            step()
        agree(out, kernel(name, x), 0, 0)


def test_results_in_bfloat16():
    kind = pytest.importorskip("ml_dtypes").bfloat16
    x = operand("erf", 40, kind)
    out = np.empty_like(x)
    with np.errstate(all="ignore"):
        lower("erf", {}, [x], [out])()
    agree(out, kernel("erf", x), 0, 0)


def test_arrays_of_several_axes():
    x = np.linspace(-2, 2, 12).reshape(3, 4)
    out = np.empty_like(x)
    lower("erf", {}, [x], [out])()
    np.testing.assert_array_equal(out, kernel("erf", x))
    assert lower("erf", {}, [x.T], [out.T]) is None


@pytest.mark.parametrize("name", sorted(KERNELS))
def test_operands_may_be_written_over(name):
    check_in_place(name, [operand(name, 40, "float32")], 0)


def test_memory_is_used_again(monkeypatch):
    made, empty = [], np.empty
    monkeypatch.setattr(np, "empty", lambda *args: made.append(args) or empty(*args))
    x = np.linspace(-2, 2, 50)
    out = x.copy()
    made.clear()
    lower("erf", {}, [x], [out])()
    assert 5 < len(made) < 16  # of some sixty results
