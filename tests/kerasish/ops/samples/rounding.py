"""Samples of `kerasish.ops.rounding`."""

import numpy as np

from tests.kerasish.ops.sampling import NUMBERS, floats, sample

SAMPLES = [
    sample("absolute", floats(2, 3), reference=np.abs, dtypes=(*NUMBERS, "bool")),
    sample(
        "sign",
        floats(2, 3),
        reference=lambda x: np.sign(x.astype("float64")),
        gradient=False,
        dtypes=(*NUMBERS, "bool"),
    ),
    sample("floor", floats(2, 3), reference=np.floor, gradient=False),
    sample("ceil", floats(2, 3), reference=np.ceil, gradient=False),
    sample("trunc", floats(2, 3), reference=np.trunc, gradient=False),
]
