"""The peak signal-to-noise ratio beyond its samples."""

import numpy as np
import pytest

from kerasish import ops
from kerasish.core.errors import ShapeError


def test_equal_signals_have_no_noise():
    assert ops.psnr(np.ones(3), np.ones(3), 1.0).item() == np.inf


def test_integers_are_taken_as_floats():
    y = ops.psnr(np.array([1, 2]), np.array([1, 4]), 255)
    np.testing.assert_allclose(y.item(), 10 * np.log10(255**2 / 2), rtol=1e-6)


def test_shapes_must_agree():
    with pytest.raises(ShapeError, match=r"one shape. Received: \(2,\), \(3,\)"):
        ops.psnr(np.zeros(2), np.zeros(3), 1.0)
