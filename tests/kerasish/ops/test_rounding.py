"""Signs and rounding of special numbers."""

import numpy as np

from kerasish import ops


def test_signs():
    x = [-2.0, -0.0, 0.0, 3.0, np.inf, -np.inf]
    assert ops.sign(x).tolist() == [-1, 0, 0, 1, 1, -1]
    assert np.isnan(ops.sign(np.nan).item())
    assert ops.sign([True, False]).tolist() == [1, 0]
    assert ops.absolute([-np.inf, -0.0]).tolist() == [np.inf, 0]


def test_rounding_keeps_infinities_and_nan():
    for name in ("floor", "ceil", "trunc", "round"):
        found = getattr(ops, name)([np.inf, -np.inf, np.nan]).numpy()
        np.testing.assert_array_equal(found, [np.inf, -np.inf, np.nan])


def test_integers():
    assert ops.trunc([3, -3]).tolist() == [3, -3]
    assert ops.floor([3, -3]).tolist() == [3.0, -3.0]
