"""Samples of `kerasish.ops.rearranging`."""

import numpy as np

from tests.kerasish.ops.sampling import floats, sample

SAMPLES = [
    sample(
        "rearrange",
        floats(2, 6, 3),
        "b (h w) c -> b c w h",
        h=2,
        reference=lambda x, pattern, h: np.transpose(
            x.reshape(2, 2, 3, 3), (0, 3, 2, 1)
        ),
    ),
    sample(
        "rearrange",
        floats(2, 3, 4),
        "a b c -> (a c) b",
        reference=lambda x, pattern: np.moveaxis(x, 1, 2).reshape(8, 3),
    ),
]
