"""Samples of `kerasish.ops.limits`."""

import numpy as np

from tests.kerasish.ops.sampling import FLOATS, NUMBERS, given, sample

HOLES = given([[2.0, np.nan, 3.0], [0.5, np.nan, np.nan]])
OTHER = given([1.0, 4.0, np.nan])


def to_int8(x, dtype):
    return np.clip(x, -128, 127).astype(dtype)


SAMPLES = [
    sample("fmax", HOLES, OTHER, reference=np.fmax, dtypes=FLOATS, gradient=False),
    sample("fmin", HOLES, OTHER, reference=np.fmin, dtypes=FLOATS, gradient=False),
    sample("fmax", given([[1.0, 5.0]]), given([3.0, 2.0]), reference=np.fmax),
    sample("fmin", given([[1.0, 5.0]]), given([3.0, 2.0]), reference=np.fmin),
    sample(
        "saturate_cast",
        given([300.0, -200.0, 5.5]),
        "int8",
        reference=to_int8,
        gradient=False,
        dtypes=NUMBERS,
    ),
]
