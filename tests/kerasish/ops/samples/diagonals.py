"""Samples of `kerasish.ops.diagonals`."""

import numpy as np

from tests.kerasish.ops.sampling import floats, sample

SAMPLES = [
    sample("diagonal", floats(3, 3), reference=np.diagonal, batch=False),
    sample("diagonal", floats(3, 4), -1, reference=np.diagonal, batch=False),
    sample("diagonal", floats(2, 3, 4), 1, 2, 1, reference=np.diagonal),
    sample("trace", floats(3, 3), reference=np.trace, batch=False),
    sample("trace", floats(2, 3, 4), 1, 1, 2, reference=np.trace),
    sample("diag", floats(3), reference=np.diag),
    sample("diag", floats(3), 1, reference=np.diag),
    sample("diag", floats(3), -2, reference=np.diag),
    sample("diag", floats(3, 4), 1, reference=np.diag, batch=False),
    sample("diagflat", floats(2, 2), -1, reference=np.diagflat, batch=False),
    *[
        sample(name, floats(2, 3, 4), k, reference=getattr(np, name))
        for name in ("tril", "triu")
        for k in (0, 1, -1)
    ],
]
