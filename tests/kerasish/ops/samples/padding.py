"""Samples of `kerasish.ops.padding`."""

import numpy as np

from tests.kerasish.ops.sampling import floats, sample

WIDTHS = ((0, 0), (1, 2))


def constant(x, pad_width, constant_values=0):
    return np.pad(x, pad_width, constant_values=constant_values)


SAMPLES = [
    sample("pad", floats(2, 3), 1, reference=np.pad),
    sample("pad", floats(2, 3), (1, 2), reference=np.pad),
    sample("pad", floats(2, 3), WIDTHS, constant_values=3, reference=constant),
    *[
        sample("pad", floats(2, 3), WIDTHS, mode=mode, reference=np.pad)
        for mode in ("reflect", "symmetric", "edge")
    ],
]
