"""NumPy's Philox gives the bits of the base's."""

import numpy as np
import pytest

from kerasish.backends import get_backend
from kerasish.backends.base.randomness import RandomnessKernels

NUMPY = get_backend("numpy")


@pytest.mark.parametrize("count", [1, 4, 7, 100])
@pytest.mark.parametrize("key", [(0, 0), (1, 2**63)])
def test_bits_are_those_of_the_base(key, count):
    words = np.array(key, "uint64")
    found = NUMPY.random_bits(words, count)
    assert found.dtype == np.uint64
    plain = RandomnessKernels.random_bits(NUMPY, words, count)
    np.testing.assert_array_equal(found, plain)


@pytest.mark.parametrize("count", [1, 2, 9])
def test_halves_are_those_of_the_base(count):
    words = np.array([3, 5], "uint64")
    found = NUMPY.random_halves(words, count)
    plain = RandomnessKernels.random_halves(NUMPY, words, count)
    np.testing.assert_array_equal(found, plain)
