"""Samples of `kerasish.ops.statistics`."""

import numpy as np

from tests.kerasish.ops.sampling import NUMBERS, floats, sample

SAMPLES = [
    sample("corrcoef", floats(3, 5), reference=np.corrcoef, loose=5, order=1),
    sample("corrcoef", floats(5), reference=np.corrcoef, loose=5, gradient=False),
    *(
        sample("correlate", floats(n), floats(m), mode, reference=np.correlate, loose=2)
        for n, m in ((5, 3), (3, 5), (4, 4), (5, 2), (2, 5))
        for mode in ("valid", "same", "full")
    ),
    sample("correlate", floats(4), floats(2), reference=np.correlate, dtypes=NUMBERS),
]
