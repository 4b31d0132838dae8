"""Reductions: accuracy, half precision, edges."""

import math

import numpy as np
import pytest

from kerasish.backends import get_backend

NUMPY = get_backend("numpy")


def test_variance_keeps_its_digits_far_from_zero(rng):
    values = (1e4 + rng.normal(0.0, 2e-3, 10_000)).astype("float32")
    found = NUMPY.var(values, (0,), False)
    expected = np.var(values.astype("float64"))
    assert abs(found / expected - 1) < 0.01


@pytest.mark.parametrize("n", [100, 10_000])
def test_float32_sums_are_accurate(rng, n):
    values = rng.uniform(0, 1, (n, 3)).astype("float32")
    for axis in ((0,), (0, 1)):
        exact = values.astype("float64").sum(axis)
        allowed = 32 * np.finfo("float32").eps * math.sqrt(n)
        np.testing.assert_allclose(NUMPY.sum(values, axis, False), exact, rtol=allowed)


def test_half_precision_adds_in_float32():
    many = np.ones(5000, "float16")
    assert NUMPY.sum(many, (0,), False) == 5000
    large = np.full(10, 6e4, "float16")
    assert NUMPY.mean(large, (0,), False) == np.float16(6e4)
    assert NUMPY.var(large, (0,), False) == 0


def test_nothing_to_reduce():
    empty = np.zeros((0, 2))
    assert NUMPY.sum(empty, (0,), False).tolist() == [0, 0]
    assert np.isnan(NUMPY.mean(empty, (0,), False)).all()
    assert NUMPY.bincount(np.zeros(0, "int32"), 3).tolist() == [0, 0, 0]


def test_recurrence_of_any_length(rng):
    for n in (1, 2, 3, 7, 8, 9):
        a, b = rng.normal(size=(2, n))
        y = 0.0
        for i, found in enumerate(NUMPY.recurrence(a, b, 0)):
            y = a[i] * y + b[i]
            assert found == pytest.approx(y)
