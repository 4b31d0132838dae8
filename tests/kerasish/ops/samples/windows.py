"""Samples of `kerasish.ops.windows`."""

import numpy as np

from tests.kerasish.ops.sampling import fixed, sample


def window(name, *args):
    reference = getattr(np, name)
    return [
        sample(
            name, size, *args, reference=reference, gradient=False, dtypes=("float32",)
        )
        for size in (0, 1, 2, 5, 8)
    ]


SAMPLES = [
    *window("bartlett"),
    *window("blackman"),
    *window("hamming"),
    *window("hanning"),
    *window("kaiser", 3.5),
    sample("kaiser", 4, fixed(2.0, "float32"), reference=np.kaiser, gradient=False),
]
