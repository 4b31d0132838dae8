"""Extremes, clipping, powers and remainders: ties, edges, conventions."""

import math

import numpy as np
import pytest

from kerasish import ops
from kerasish.autodiff import GradientTape


def gradient(function, *values):
    xs = [ops.convert_to_tensor(v) for v in values]
    with GradientTape() as tape:
        tape.watch(xs)
        y = function(*xs)
    return [g.tolist() for g in tape.gradient(y, xs)]


def test_ties_share_the_gradient():
    assert gradient(ops.maximum, [1.0, 2.0], [1.0, 3.0]) == [[0.5, 0], [0.5, 1]]
    assert gradient(ops.minimum, [1.0, 2.0], [1.0, 3.0]) == [[0.5, 1], [0.5, 0]]


def test_clipping_passes_the_gradient_on_at_its_bounds():
    slopes = gradient(lambda x: ops.clip(x, 0, 1), [-1.0, 0.0, 0.5, 1.0, 2.0])
    assert slopes == [[0, 1, 1, 1, 0]]
    slopes = gradient(ops.clip, [-1.0, 0.5, 2.0], 0.0, 1.0)
    assert slopes == [[0, 1, 0], 1.0, 1.0]
    assert ops.clip([True, False], 0, 1).dtype == "int32"


def test_nan_wins():
    for name in ("maximum", "minimum"):
        assert math.isnan(getattr(ops, name)(1.0, math.nan).item())
    assert math.isnan(ops.clip(math.nan, 0, 1).item())


def test_powers():
    assert ops.power(0.0, 0.0).item() == 1
    assert gradient(lambda x: ops.power(x, 0.0), 0.0) == [0]
    assert gradient(lambda x: ops.power(x, 1.0), 0.0) == [1]
    assert gradient(lambda x: ops.power(x, 2), -3.0) == [-6]
    assert gradient(lambda p: ops.power(0.0, p), 2.0) == [0]
    assert math.isnan(gradient(lambda p: ops.power(-2.0, p), 2.0)[0])


def test_arctan2_in_all_quadrants():
    y, x = [1.0, 1.0, -1.0, -1.0], [1.0, -1.0, -1.0, 1.0]
    np.testing.assert_allclose(ops.arctan2(y, x), np.arctan2(y, x), rtol=1e-6)


@pytest.mark.parametrize("x", [-math.inf, 1000.0, -1000.0])
def test_logaddexp_does_not_overflow(x):
    assert ops.logaddexp(x, x).item() == pytest.approx(x + math.log(2))
    slopes = gradient(ops.logaddexp, x, x)
    assert slopes == ([0, 0] if x == -math.inf else [0.5, 0.5])


def test_rounding_to_decimals():
    assert ops.round([0.5, 1.5, -2.5]).tolist() == [0, 2, -2]
    assert ops.round([15, 25, 123], -1).tolist() == [20, 20, 120]
    assert ops.round(np.float32(1.2345), 2).item() == pytest.approx(1.23, rel=1e-6)


def test_half_precision_bounds_do_not_warn():
    x = np.array([1.0], "float16")
    assert ops.clip(x, -1e9, 1e9).tolist() == [1.0]
    assert ops.maximum(x, 1e9).tolist() == [math.inf]
