"""Samples of `kerasish.ops.repetition`."""

import numpy as np

from tests.kerasish.ops.sampling import floats, sample

SAMPLES = [
    sample("repeat", floats(2, 3), 2, reference=np.repeat),
    sample("repeat", floats(2, 3), 2, axis=1, reference=np.repeat),
    sample("repeat", floats(2, 3), 0, reference=np.repeat),
    sample("repeat", floats(2, 3), 0, axis=1, reference=np.repeat),
    sample("repeat", floats(2, 3), [0, 0, 0], axis=1, reference=np.repeat),
    sample("repeat", floats(2, 3), [1, 0, 2], axis=1, reference=np.repeat),
    sample("tile", floats(2, 3), 2, reference=np.tile),
    sample("tile", floats(2, 3), (2, 1, 2), reference=np.tile),
]
