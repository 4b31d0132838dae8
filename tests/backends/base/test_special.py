"""Error functions against SciPy, over the whole range of floats."""

import numpy as np
import pytest
import scipy.special

from kerasish.backends import get_backend

NUMPY = get_backend("numpy")
X = np.concatenate([np.linspace(-6, 6, 997), [27.5, -40.0, 1e-300, np.inf, -np.inf]])


@pytest.mark.parametrize("name", ["erf", "erfc"])
def test_error_functions(name):
    found = getattr(NUMPY, name)(X)
    expected = getattr(scipy.special, name)(X)
    np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-300)
    single = getattr(NUMPY, name)(X.astype("float32"))
    np.testing.assert_allclose(single, expected, rtol=2e-5, atol=1e-6)


def test_inverse_error_function():
    y = np.concatenate([np.linspace(-0.999, 0.999, 501), [1 - 1e-15, 1e-300, 0.0]])
    found = NUMPY.erfinv(y)
    np.testing.assert_allclose(found, scipy.special.erfinv(y), rtol=1e-12)
    edges = NUMPY.erfinv(np.array([1.0, -1.0, 1.5, np.nan]))
    np.testing.assert_array_equal(edges, [np.inf, -np.inf, np.nan, np.nan])


def test_nan_stays_nan():
    for name in ("erf", "erfc", "erfinv", "sinc"):
        assert np.isnan(getattr(NUMPY, name)(np.array([np.nan]))).all()
