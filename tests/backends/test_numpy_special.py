"""Special functions of large arrays are right, and take little memory."""

import tracemalloc

import numpy as np
import pytest
from scipy import special

from kerasish.backends.numpy_backend import NumpyBackend
from kerasish.backends.numpy_special import BLOCK

RNG = np.random.default_rng(0)
NAMES = {
    "erf": special.erf,
    "erfc": special.erfc,
    "erfinv": special.erfinv,
    "bessel_i0": special.i0,
    "bessel_i1": special.i1,
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", [(3,), (5, BLOCK), (2, BLOCK + 1)])
def test_values(name, shape):
    x = RNG.uniform(-1, 1, shape).astype("float32")
    x = x[..., ::-1] if len(shape) > 1 else x
    made = getattr(NumpyBackend(), name)(x)
    assert (made.shape, made.dtype) == (x.shape, x.dtype)
    np.testing.assert_allclose(made, NAMES[name](x.astype("float64")), 1e-5, 1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_half_precision_keeps_its_dtype(name):
    x = RNG.uniform(-1, 1, BLOCK + 5).astype("float16")
    made = getattr(NumpyBackend(), name)(x)
    assert made.dtype == x.dtype
    np.testing.assert_allclose(made, NAMES[name](x.astype("float64")), 2e-3, 1e-3)


@pytest.mark.parametrize("name", NAMES)
def test_memory(name):
    x = RNG.uniform(-1, 1, 32 * BLOCK).astype("float32")
    kernel = getattr(NumpyBackend(), name)
    kernel(x)
    tracemalloc.start()
    kernel(x)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 * x.nbytes
