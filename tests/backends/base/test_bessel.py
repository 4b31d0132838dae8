"""Bessel functions against SciPy."""

import numpy as np
import pytest
import scipy.special

from kerasish.backends import get_backend
from kerasish.backends.base.bessel import chebyshev

NUMPY = get_backend("numpy")


@pytest.mark.parametrize("name", ["i0", "i1"])
def test_agree_with_scipy(name):
    x = np.concatenate([np.linspace(-30, 30, 1201), [0.0, 1e-200, 200.0, 700.0]])
    found = getattr(NUMPY, f"bessel_{name}")(x)
    expected = getattr(scipy.special, name)(x)
    np.testing.assert_allclose(found, expected, rtol=2e-14, atol=0)


def test_overflow_and_nan():
    found = NUMPY.bessel_i0(np.array([1000.0, np.nan]))
    np.testing.assert_array_equal(found, [np.inf, np.nan])
    assert NUMPY.bessel_i1(np.array([-1000.0])).tolist() == [-np.inf]


def test_chebyshev_series():
    x = np.linspace(-1, 1, 11)
    expected = np.polynomial.chebyshev.chebval(x, [1.0, -2.0, 0.5, 0.25])
    np.testing.assert_allclose(chebyshev(x, (1.0, -2.0, 0.5, 0.25)), expected)
