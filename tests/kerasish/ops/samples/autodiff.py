"""Samples of the primitives that `kerasish.autodiff` declares for itself."""

import numpy as np

from tests.kerasish.ops.sampling import FLOATS, NUMBERS, floats, sample

SAMPLES = [
    sample(
        "cast_to",
        floats(2, 3),
        "float64",
        reference=lambda x, dtype: np.asarray(x, dtype),
        dtypes=(*NUMBERS, "bool"),
    ),
    sample(
        "add_gradients", floats(2, 3), floats(2, 3), reference=np.add, dtypes=FLOATS
    ),
    # A single process is the whole group.
    sample(
        "_all_reduce",
        floats(2, 3),
        floats(2, 3),
        reference=lambda x, after: x,
        dtypes=NUMBERS,
        gradient=(0,),
    ),
    sample("_reshaped", floats(2, 3), (3, 2), reference=np.reshape, batch=False),
]
