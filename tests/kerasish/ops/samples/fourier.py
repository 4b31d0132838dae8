"""Samples of `kerasish.ops.fourier`."""

import numpy as np

from tests.kerasish.ops.sampling import floats, sample

D = {"dtypes": ("float64", "float32"), "loose": 20}


def pair(z):
    return np.real(z), np.imag(z)


def of_pair(function):
    return lambda x, *args: pair(function(x[0] + 1j * x[1], *args))


def unscaled(re, im, axes, back):
    return pair(np.fft.ifft(re + 1j * im, norm="forward"))


SAMPLES = [
    sample("fft", (floats(2, 3), floats(2, 3)), reference=of_pair(np.fft.fft), **D),
    sample(
        "fft2", (floats(2, 3, 4), floats(2, 3, 4)), reference=of_pair(np.fft.fft2), **D
    ),
    sample(
        "ifft2",
        (floats(2, 3, 4), floats(2, 3, 4)),
        reference=of_pair(np.fft.ifft2),
        **D,
    ),
    *[
        sample(
            "rfft", floats(2, 5), n, reference=lambda x, n: pair(np.fft.rfft(x, n)), **D
        )
        for n in (None, 4, 8)
    ],
    *[
        sample(
            "irfft",
            (floats(2, 4), floats(2, 4)),
            n,
            reference=lambda x, n: np.fft.irfft(x[0] + 1j * x[1], n),
            **D,
        )
        for n in (None, 7, 5, 10)
    ],
    sample(
        "_fourier",
        floats(2, 3),
        floats(2, 3),
        axes=1,
        back=True,
        reference=unscaled,
        **D,
    ),
]
