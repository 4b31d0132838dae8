"""Samples of `kerasish.ops.guards`."""

import numpy as np

from kerasish.ops.guards import in_range, whole
from tests.kerasish.ops.sampling import integers, sample

SAMPLES = [
    sample(
        in_range,
        integers(2, 3),
        low=-1000,
        high=1000,
        what="Numbers",
        reference=lambda x, **static: x,
        dtypes=("int32", "int64"),
        gradient=False,
    ),
    sample(
        whole,
        integers(2, 3),
        what="Numbers",
        reference=lambda x, **static: np.asarray(x),
        dtypes=("int32", "int64"),
        gradient=False,
    ),
]
