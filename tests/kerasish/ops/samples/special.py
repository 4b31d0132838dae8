"""Samples of `kerasish.ops.special`."""

import numpy as np
import scipy.special

from tests.kerasish.ops.sampling import (
    BFLOAT16,
    FLOATS,
    NUMBERS,
    floats,
    given,
    sample,
    unit,
)

WIDE = given([-5.0, -2.1, -0.6, -0.3, 0.0, 0.2, 0.45, 0.5, 0.9, 1.5, 3.9, 4.1, 5.5])
NEAR = given([-1.7, -0.51, -0.2, 0.0, 0.1, 0.49, 0.6, 2.2])
SAMPLES = [
    sample("erf", WIDE, reference=scipy.special.erf, dtypes=(*NUMBERS, BFLOAT16)),
    sample("erfc", WIDE, reference=scipy.special.erfc),
    sample("erfinv", unit(2, 3), reference=scipy.special.erfinv, dtypes=FLOATS),
    sample("i0", floats(2, 3), reference=scipy.special.i0, dtypes=(*NUMBERS, BFLOAT16)),
    sample(
        "i0", given([-9.0, 0.0, 7.9, 8.1]), reference=scipy.special.i0, gradient=False
    ),
    sample("_i1", floats(2, 3), reference=scipy.special.i1),
    sample(
        "_i1",
        given([-9.0, 0.0, 7.9, 8.1]),
        reference=scipy.special.i1,
        gradient=False,
        dtypes=NUMBERS,
    ),
    sample("sinc", NEAR, reference=np.sinc, dtypes=(*FLOATS, BFLOAT16)),
]
