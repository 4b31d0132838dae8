"""Exponentials, logarithms and roots at the edges."""

import math

import numpy as np
import pytest

from kerasish import ops
from kerasish.autodiff import GradientTape


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_edges_are_silent(dtype):
    x = np.array([0.0, 1e4, -1e4, np.inf, -np.inf, np.nan]).astype(dtype)
    for name in ("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt"):
        found = getattr(ops, name)(x).numpy()
        with np.errstate(all="ignore"):
            expected = getattr(np, name)(x.astype("float64")).astype(dtype)
        np.testing.assert_allclose(found, expected, rtol=1e-2)


def test_small_numbers_keep_their_digits():
    assert ops.expm1(1e-6).item() == pytest.approx(1.0000005e-6, rel=1e-7)
    assert ops.log1p(1e-6).item() == pytest.approx(9.999995e-7, rel=1e-7)


def test_the_slope_of_the_root_at_zero_is_infinite():
    # As documented: guard the argument of sqrt, not its result.
    x = ops.convert_to_tensor([0.0, 4.0])
    with GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = ops.where(x > 0, ops.sqrt(x), 0.0)
        guarded = ops.where(x > 0, ops.sqrt(ops.where(x > 0, x, 1.0)), 0.0)
    assert math.isnan(tape.gradient(y, x).tolist()[0])
    assert tape.gradient(guarded, x).tolist() == [0, 0.25]
