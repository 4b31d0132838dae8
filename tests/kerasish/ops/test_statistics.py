"""Correlation: shapes, modes, constants."""

import numpy as np
import pytest

from kerasish import ops
from kerasish.core.errors import ArgumentError, ShapeError


def test_wrong_arguments():
    with pytest.raises(
        ShapeError, match="one or two axes. Received: shape=\\(1, 1, 1\\)"
    ):
        ops.corrcoef(np.ones((1, 1, 1)))
    with pytest.raises(
        ArgumentError, match="'valid', 'same' or 'full'. Received: mode='"
    ):
        ops.correlate([1.0], [1.0], mode="half")
    for pair in (([[1.0]], [1.0]), ([1.0], []), (1.0, [1.0])):
        with pytest.raises(ShapeError, match="`correlate` needs flat tensors"):
            ops.correlate(*pair)


def test_a_constant_correlates_with_nothing():
    found = ops.corrcoef([[1.0, 1.0, 1.0], [1.0, 2.0, 3.0]]).numpy()
    assert np.isnan(found[0]).all()


def test_many_observations(rng):
    x = rng.normal(size=(3, 500)).astype("float32")
    np.testing.assert_allclose(ops.corrcoef(x), np.corrcoef(x), atol=1e-5)
