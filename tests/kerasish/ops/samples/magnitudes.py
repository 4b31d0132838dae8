"""Samples of `kerasish.ops.magnitudes`."""

import numpy as np

from tests.kerasish.ops.sampling import (
    BFLOAT16,
    FLOATS,
    NUMBERS,
    floats,
    given,
    integers,
    sample,
)

SIGNED = given([[-2.0, 0.0, 3.0], [0.5, -0.5, -0.0]])
SAMPLES = [
    sample("fabs", floats(2, 3), reference=np.fabs),
    sample("cbrt", floats(2, 3), reference=np.cbrt, dtypes=(*NUMBERS, BFLOAT16)),
    sample(
        "cbrt",
        given([0.0, -0.0, np.inf, -np.inf, np.nan, 1e-300, -27.0]),
        reference=np.cbrt,
        dtypes=("float64",),
        gradient=False,
    ),
    sample("hypot", floats(2, 3), floats(3), reference=np.hypot),
    sample(
        "heaviside", SIGNED, 0.5, reference=np.heaviside, gradient=False, dtypes=FLOATS
    ),
    sample("heaviside", SIGNED, floats(3), reference=np.heaviside, gradient=(1,)),
    sample(
        "ldexp", floats(2, 3), integers(3, low=-2), reference=np.ldexp, dtypes=FLOATS
    ),
    sample(
        "nextafter",
        floats(2, 3),
        floats(3),
        reference=np.nextafter,
        gradient=False,
        dtypes=FLOATS,
    ),
    sample("signbit", SIGNED, reference=np.signbit, gradient=False, dtypes=FLOATS),
    sample("signbit", integers(3, low=-2), reference=np.signbit, gradient=False),
    sample("deg2rad", floats(2, 3), reference=np.deg2rad),
    sample("rad2deg", floats(2, 3), reference=np.rad2deg),
    sample("logaddexp2", floats(2, 3), floats(3), reference=np.logaddexp2, loose=2),
]
