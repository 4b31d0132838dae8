"""Quotients and remainders at zero; common divisors."""

import math

import pytest

from kerasish import ops
from kerasish.autodiff import GradientTape, Variable
from kerasish.core.errors import DtypeError


def test_no_nan_and_no_gradient_where_the_divisor_is_zero():
    a, b = Variable([1.0, 2.0]), Variable([0.0, 4.0])
    with GradientTape() as tape:
        y = ops.divide_no_nan(a, b)
    ga, gb = tape.gradient(y, [a, b])
    assert y.tolist() == [0, 0.5]
    assert (ga.tolist(), gb.tolist()) == ([0, 0.25], [0, -0.125])
    assert math.isnan(ops.divide_no_nan(math.nan, 1.0).item())


def test_remainders_by_zero_are_silent():
    assert math.isnan(ops.fmod(1.0, 0.0).item())
    assert math.isnan(ops.mod(1.0, 0.0).item())


def test_only_integers_have_common_divisors():
    for name in ("gcd", "lcm"):
        with pytest.raises(
            DtypeError, match="are of integers. Received: dtype=float32"
        ):
            getattr(ops, name)(1.5, 2)
    assert ops.gcd(0, 0).item() == 0
    assert ops.lcm(0, 5).item() == 0
    assert ops.lcm(-4, 6).item() == 12
