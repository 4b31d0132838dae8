"""Magnitudes and steps at zero."""

import math

import numpy as np
import pytest

from kerasish import ops
from kerasish.autodiff import GradientTape
from kerasish.core.errors import DtypeError


def test_the_length_of_nothing_has_gradient_zero():
    x = ops.convert_to_tensor(0.0)
    with GradientTape() as tape:
        tape.watch(x)
        y = ops.hypot(x, x)
    assert (y.item(), tape.gradient(y, x).item()) == (0, 0)
    assert ops.hypot(3e38, 0.0).item() == pytest.approx(3e38)


def test_scaling_takes_integers():
    with pytest.raises(
        DtypeError, match="`x2` of `ldexp` must hold integers. Received: d"
    ):
        ops.ldexp(1.0, 0.5)
    assert ops.ldexp([1.0, 3.0], [-1, 2]).tolist() == [0.5, 12]


def test_steps():
    assert ops.heaviside([-1, 0, 2], 7).tolist() == [0, 7, 1]
    assert math.isnan(ops.heaviside(math.nan, 1.0).item())


def test_next_numbers():
    assert ops.nextafter(1.0, 2.0).item() == np.nextafter(np.float32(1), np.float32(2))
    assert ops.nextafter(0.0, -1.0).item() < 0


def test_logaddexp2():
    assert ops.logaddexp2(1000.0, 1000.0).item() == pytest.approx(1001)
    assert ops.logaddexp2(np.ones(1, "float16"), 2).dtype == "float16"
