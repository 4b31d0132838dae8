"""Elementwise kernels: booleans, edges of the number range."""

import numpy as np
import pytest

from kerasish.backends import get_backend

NUMPY = get_backend("numpy")
YES = np.array([True, True, False])
NO = np.array([True, False, False])


def test_booleans_add_as_or_and_multiply_as_and():
    assert NUMPY.add(YES, NO).tolist() == [True, True, False]
    assert NUMPY.multiply(YES, NO).tolist() == [True, False, False]
    assert NUMPY.greater(YES, NO).tolist() == [False, True, False]


def test_no_overflow_on_the_way():
    big = np.array([1e200])
    assert NUMPY.hypot(big, big) == pytest.approx(np.sqrt(2) * 1e200)
    assert NUMPY.logaddexp(big, big) == pytest.approx(1e200)


def test_cube_roots_at_the_edges():
    x = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1e-300, -1e300, 5e-324])
    np.testing.assert_allclose(NUMPY.cbrt(x), np.cbrt(x), rtol=1e-15)
    assert np.signbit(NUMPY.cbrt(x)[1])


def test_common_divisors_of_any_sign():
    a, b = np.array([-12, 0, 7, 0], "int64"), np.array([18, 5, -7, 0], "int64")
    assert NUMPY.gcd(a, b).tolist() == np.gcd(a, b).tolist()
    assert NUMPY.gcd(a.astype("uint8"), b.astype("uint8")).dtype == np.uint8


def test_remainders_have_the_signs_of_numpy():
    a = np.array([-7.5, 7.5, -7.5, 7.5])
    b = np.array([2.0, -2.0, -2.0, 2.0])
    assert NUMPY.fmod(a, b).tolist() == np.fmod(a, b).tolist()
    assert NUMPY.mod(a, b).tolist() == np.mod(a, b).tolist()


def test_integers_are_neither_nan_nor_infinite():
    x = np.array([1, -2])
    assert NUMPY.isnan(x).tolist() == NUMPY.isinf(x).tolist() == [False, False]
    assert NUMPY.isfinite(x).tolist() == [True, True]
    assert NUMPY.signbit(x).tolist() == [False, True]
