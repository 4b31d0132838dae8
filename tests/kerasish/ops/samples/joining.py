"""Samples of `kerasish.ops.joining`."""

import numpy as np

from tests.kerasish.ops.sampling import floats, sample

SAMPLES = [
    sample("append", floats(2, 3), floats(2), reference=np.append),
    sample("append", floats(2, 3), floats(2, 1), axis=1, reference=np.append),
    sample("hstack", [floats(2, 3), floats(2, 1)], reference=np.hstack),
    sample("hstack", [floats(2), floats(3)], reference=np.hstack),
    sample("vstack", [floats(2, 3), floats(1, 3)], reference=np.vstack),
    sample("vstack", [floats(3), floats(3)], reference=np.vstack),
    sample("dstack", [floats(2, 3), floats(2, 3)], reference=np.dstack),
    sample("dstack", [floats(3), floats(3)], reference=np.dstack),
    sample("array_split", floats(2, 5), 3, axis=1, reference=np.array_split),
    sample("array_split", floats(2, 5), [1, 3], axis=1, reference=np.array_split),
    sample("hsplit", floats(2, 4), 2, reference=np.hsplit),
    sample("hsplit", floats(4), 2, reference=np.hsplit),
    sample("vsplit", floats(4, 2), [1], reference=np.vsplit, batch=False),
    sample("dsplit", floats(2, 1, 4), 2, reference=np.dsplit),
]
