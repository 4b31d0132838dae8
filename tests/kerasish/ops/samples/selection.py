"""Samples of `kerasish.ops.selection`."""

import numpy as np

from tests.kerasish.ops.sampling import FLOATS, booleans, floats, sample

SAMPLES = [
    sample("where", booleans(2, 3), floats(2, 3), floats(3), reference=np.where),
    sample("where", booleans(3), floats(2, 1), 0.5, reference=np.where, dtypes=FLOATS),
    sample("_choose", booleans(2, 3), floats(2, 3), floats(3), reference=np.where),
]
