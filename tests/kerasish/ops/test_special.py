"""Special functions at the edges of their domains."""

import numpy as np
import scipy.special

from kerasish import ops
from kerasish.autodiff import check_gradients


def test_single_precision():
    x = np.linspace(-4, 4, 201).astype("float32")
    np.testing.assert_allclose(ops.erf(x), scipy.special.erf(x), atol=5e-7)
    np.testing.assert_allclose(ops.erfc(x), scipy.special.erfc(x), rtol=2e-6)


def test_inverse_at_its_bounds():
    found = ops.erfinv([1.0, -1.0, 2.0]).numpy()
    np.testing.assert_array_equal(found, [np.inf, -np.inf, np.nan])


def test_sinc_is_smooth_at_zero():
    check_gradients(ops.sinc, np.array([0.0, 1e-9, -1e-5, 0.5, 1.0]), order=2)
    assert ops.sinc(0.0).item() == 1


def test_bessel_at_zero_and_infinity():
    check_gradients(ops.i0, np.array([0.0, 1e-3, 7.5, 8.5]), order=2)
    assert ops.i0(np.inf).item() == np.inf
