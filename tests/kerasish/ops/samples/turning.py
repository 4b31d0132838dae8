"""Samples of `kerasish.ops.turning`."""

import numpy as np

from tests.kerasish.ops.sampling import floats, sample

SAMPLES = [
    sample("fliplr", floats(2, 3), reference=np.fliplr),
    sample("flipud", floats(2, 3), reference=np.flipud),
    *[sample("rot90", floats(2, 3), k, reference=np.rot90) for k in (0, 1, 2, -1)],
    sample("rot90", floats(2, 3, 2), 1, axes=(2, 1), reference=np.rot90),
    sample("roll", floats(2, 3), 2, reference=np.roll),
    sample("roll", floats(2, 3), -1, axis=1, reference=np.roll),
    sample("roll", floats(2, 3), (1, 4), axis=(0, -1), reference=np.roll, batch=False),
]
