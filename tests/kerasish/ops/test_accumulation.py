"""Running products where elements are zero; areas."""

import numpy as np
import pytest

from kerasish import ops
from kerasish.autodiff import KerasTensor, check_gradients
from kerasish.core.errors import ArgumentError


@pytest.mark.parametrize("zeros", [[], [1], [0, 2], [0, 1, 2, 3]])
def test_products_with_zeros_have_right_derivatives(zeros):
    x = np.array([1.5, -0.5, 2.0, 0.75])
    x[zeros] = 0.0
    check_gradients(ops.prod, x, order=2)
    check_gradients(lambda x: ops.cumprod(x, axis=0), x, order=2)


def test_of_no_and_of_one_element():
    assert ops.cumsum(ops.zeros((0,))).shape == (0,)
    check_gradients(lambda x: ops.cumprod(x, axis=1), np.ones((2, 1)), order=2)


def test_unknown_sizes():
    x = KerasTensor((None, 3, 2))
    assert ops.prod(x, axis=1).shape == (None, 2)
    assert ops.cumsum(x, axis=0).shape == (None, 3, 2)
    assert ops.cumsum(x).shape == (None,)
    assert ops.trapezoid(x, axis=1).shape == (None, 2)


def test_axis_that_does_not_exist():
    with pytest.raises(ArgumentError, match="`axis` must be from -1 to 0"):
        ops.cumsum([1.0], axis=1)


def test_areas():
    y = np.array([[1.0, 2.0, 4.0], [0.0, 1.0, 0.0]])
    x = np.array([0.0, 1.0, 3.0])
    np.testing.assert_allclose(ops.trapezoid(y, x), np.trapezoid(y, x))
    np.testing.assert_allclose(ops.trapezoid(y, dx=0.5), np.trapezoid(y, dx=0.5))
