"""Samples of `kerasish.ops.conversion`."""

import numpy as np

from tests.kerasish.ops.sampling import floats, sample

SAMPLES = [
    sample("cast", floats(2, 3), "float64", reference=np.asarray),
    sample(
        "cast",
        floats(2, 3),
        "int32",
        reference=lambda x, dtype: x.astype(dtype),
        gradient=False,
    ),
    sample("stop_gradient", floats(2, 3), reference=np.asarray, gradient=False),
    sample("_stop_gradient", floats(2, 3), reference=np.asarray, gradient=False),
]
