"""Sums, products and quotients beyond the property tests."""

import math

import pytest

from kerasish import ops
from kerasish.core.errors import ShapeError


def test_division_by_zero_is_silent():
    assert ops.divide([1.0, -1.0], 0.0).tolist() == [math.inf, -math.inf]
    assert math.isnan(ops.divide(0.0, 0.0).item())


def test_nan_goes_through():
    for name in ("add", "subtract", "multiply", "divide"):
        assert math.isnan(getattr(ops, name)(math.nan, 1.0).item())
    assert math.isnan(ops.negative(math.nan).item())


@pytest.mark.parametrize("name", ["add", "subtract", "multiply", "true_divide"])
def test_shapes_that_do_not_broadcast(name):
    message = r"Shapes do not broadcast together. Received: \(2,\), \(3,\)"
    with pytest.raises(ShapeError, match=message):
        getattr(ops, name)([1.0, 2.0], [1.0, 2.0, 3.0])


def test_no_elements():
    assert ops.add(ops.zeros((0, 3)), ops.ones(3)).shape == (0, 3)
