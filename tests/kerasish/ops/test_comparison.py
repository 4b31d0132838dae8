"""Comparison of mixed operands, and with nan."""

import numpy as np

from kerasish import ops


def test_nan_equals_nothing():
    for name in ("equal", "less", "less_equal", "greater", "greater_equal"):
        assert getattr(ops, name)(np.nan, np.nan).item() is False
    assert ops.not_equal(np.nan, np.nan).item() is True


def test_mixed_dtypes():
    assert ops.less(np.int32(1), 1.5).item() is True
    assert ops.equal(ops.convert_to_tensor(2), 2.5).item() is False
    assert ops.greater([True], [False]).tolist() == [True]


def test_numbers_as_truth():
    assert ops.logical_and([2, 0, 3.5], [1, 1, 0]).tolist() == [True, False, False]
    assert ops.logical_not([0.0, np.nan]).tolist() == [True, False]


def test_integers_are_finite():
    assert ops.isfinite([1, 2]).tolist() == [True, True]
    assert ops.isnan([True]).tolist() == [False]
