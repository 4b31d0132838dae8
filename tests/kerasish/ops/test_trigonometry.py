"""Trigonometric functions outside their domains."""

import numpy as np
import pytest

from kerasish import ops


@pytest.mark.parametrize(
    "name, x", [("arcsin", 2.0), ("arccos", -2.0), ("arccosh", 0.5)]
)
def test_nan_outside(name, x):
    assert np.isnan(getattr(ops, name)(x).item())


def test_poles():
    assert ops.arctanh([1.0, -1.0]).tolist() == [np.inf, -np.inf]
    assert ops.tanh([1e30, -1e30]).tolist() == [1.0, -1.0]
    assert ops.arctan([np.inf]).item() == pytest.approx(np.pi / 2)
