"""Initializers that draw nothing."""

import numpy as np
import pytest

from kerasish import initializers


def test_values():
    assert initializers.Zeros()((2,)).tolist() == [0.0, 0.0]
    assert initializers.Ones()((2,), "int32").dtype == "int32"
    assert initializers.Constant(3.0)((1, 2)).tolist() == [[3.0, 3.0]]
    assert initializers.Constant([1.0, 2.0])((2, 2)).tolist() == [[1.0, 2.0]] * 2
    found = initializers.Identity(2.0)((2, 3))
    assert found.tolist() == [[2.0, 0.0, 0.0], [0.0, 2.0, 0.0]]
    with pytest.raises(ValueError, match="makes matrices"):
        initializers.Identity()((2,))


@pytest.mark.parametrize("side", ["real", "imag"])
def test_stft_kernels_are_those_of_a_fourier_transform(side, rng):
    kernel = initializers.STFT(side, window=None, scaling=None)((8, 1, 5))
    x = rng.normal(size=8)
    expected = getattr(np.fft.rfft(x), side)
    np.testing.assert_allclose(x @ np.asarray(kernel)[:, 0], expected, atol=1e-5)


def test_stft_scaling_and_errors():
    for scaling in ("density", "spectrum"):
        assert initializers.STFT(scaling=scaling)((8, 1, 5)).shape == (8, 1, 5)
    with pytest.raises(ValueError, match="`side`"):
        initializers.STFT("x")
    with pytest.raises(ValueError, match="`scaling`"):
        initializers.STFT(scaling="x")
    with pytest.raises(ValueError, match="`window`"):
        initializers.STFT(window="x")
    with pytest.raises(ValueError, match="makes kernels of shape"):
        initializers.STFT()((9, 1, 5))
    assert initializers.STFT(window=np.ones(8))((8, 1, 5)).shape == (8, 1, 5)
