"""Samples of `kerasish.ops.signal_noise`."""

import numpy as np

from tests.kerasish.ops.sampling import FLOATS, floats, positive, sample


def psnr(x1, x2, max_val):
    return 10 * np.log10(max_val**2 / np.mean((x1 - x2) ** 2))


SAMPLES = [
    sample("psnr", floats(2, 3), positive(2, 3), 2.0, reference=psnr, dtypes=FLOATS),
    sample("psnr", positive(4), floats(4), 255, reference=psnr, dtypes=FLOATS),
]
