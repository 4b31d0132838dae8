"""Initializers by name."""

import numpy as np
import pytest

from kerasish import initializers


@pytest.mark.parametrize("name", ["zeros", "Zeros", "he_normal", "HeNormal", "uniform"])
def test_names(name):
    assert initializers.get(name)((2, 2)).shape == (2, 2)


def test_arrays_and_functions():
    assert initializers.get(np.ones(2))((2,)).tolist() == [1.0, 1.0]
    assert initializers.get(np.zeros)((2,)).tolist() == [0.0, 0.0]
    assert initializers.get(None) is None


def test_an_unknown_name_gets_a_hint():
    with pytest.raises(ValueError, match="Did you mean 'glorot_uniform'"):
        initializers.get("glorot_unifrm")
