"""Samples of `kerasish.ops.attributes`."""

import numpy as np

from tests.kerasish.ops.sampling import floats, sample

SAMPLES = [
    sample("array", floats(2, 3), reference=np.array),
    sample("copy", floats(2, 3), reference=np.copy),
    sample("_count_elements", floats(2, 3), reference=np.size, gradient=False),
    sample(
        "view",
        floats(2, 4),
        "int32",
        reference=lambda x, dtype: x.astype("float32").view("int32"),
        dtypes=("float32",),
        gradient=False,
    ),
    sample(
        "_view",
        floats(2, 4),
        dtype="uint8",
        reference=lambda x, dtype: x.astype("float32").view("uint8"),
        dtypes=("float32",),
        gradient=False,
    ),
]
