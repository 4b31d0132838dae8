"""Samples of `kerasish.ops.spectrograms`."""

import numpy as np
import scipy.signal

from tests.kerasish.ops.sampling import floats, sample

D = {"dtypes": ("float64", "float32"), "loose": 50}


def stft(x, length, stride, size, window="hann", center=True):
    shape = np.ones(length) if window is None else scipy.signal.get_window(
        window, length
    )  # fmt: skip
    before = (size - length) // 2
    shape = np.pad(shape, (before, size - length - before))
    if center:
        x = np.pad(x, ((0, 0), (size // 2, size // 2)), mode="reflect")
    starts = range(0, x.shape[-1] - size + 1, stride)
    spectra = [np.fft.rfft(x[:, i : i + size] * shape) for i in starts]
    made = np.stack(spectra, 1)
    return made.real, made.imag


def istft(x, length, stride, size, total=None, window="hann", center=True):
    made = scipy.signal.istft(
        np.moveaxis(x[0] + 1j * x[1], 1, 2),
        window=scipy.signal.get_window(window, length),
        nperseg=length,
        noverlap=length - stride,
        nfft=size,
        boundary=center,
    )[1]
    return made / scipy.signal.get_window(window, length).sum()


SAMPLES = [
    sample("stft", floats(2, 10), 4, 2, 4, reference=stft, **D),
    sample("stft", floats(2, 10), 3, 2, 5, "hamming", False, reference=stft, **D),
    sample("stft", floats(2, 10), 4, 3, 4, None, reference=stft, **D),
    sample("istft", (floats(2, 5, 3), floats(2, 5, 3)), 4, 2, 4, reference=istft, **D),
]
