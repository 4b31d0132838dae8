"""Nearly equal, infinite, real, member."""

import numpy as np

from kerasish import ops


def test_close_numbers():
    assert ops.isclose(1.0, 1.0 + 1e-6).item() is True
    assert ops.isclose(np.inf, np.inf).item() is True
    assert ops.isclose(np.inf, 1e30).item() is False
    assert ops.isclose(np.nan, np.nan).item() is False
    assert ops.isclose(np.nan, np.nan, equal_nan=True).item() is True
    assert ops.isclose([True], [1]).tolist() == [True]
    assert ops.allclose([1, 2], [1, 2]).shape == ()


def test_complex_numbers():
    assert ops.isreal([1j, 2 + 0j]).tolist() == [False, True]


def test_membership():
    assert ops.isin([[1, 2]], 2).tolist() == [[False, True]]
    assert ops.isin([1.5], [1, 2], invert=True).tolist() == [True]
    assert ops.isin([1], [1, 1], assume_unique=True).tolist() == [True]
