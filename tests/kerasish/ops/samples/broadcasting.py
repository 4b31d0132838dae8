"""Samples of `kerasish.ops.broadcasting`."""

import numpy as np

from tests.kerasish.ops.sampling import floats, sample

SAMPLES = [
    sample("broadcast_to", floats(2, 1), (2, 3), reference=np.broadcast_to),
    sample("broadcast_to", floats(3), (2, 3), reference=np.broadcast_to),
    sample(
        "_sum_to",
        floats(2, 3),
        (1, 3),
        reference=lambda x, shape: np.sum(x, axis=0, keepdims=True),
        batch=False,
    ),
]
