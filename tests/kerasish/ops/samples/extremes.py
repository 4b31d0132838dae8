"""Samples of `kerasish.ops.extremes`."""

import numpy as np

from tests.kerasish.ops.sampling import (
    BFLOAT16,
    FLOATS,
    NUMBERS,
    floats,
    given,
    integers,
    positive,
    sample,
    separated,
)

NEAR = given([[-1.4, 0.3, 2.6], [0.7, -0.2, 1.2]])
SAMPLES = [
    sample("square", floats(2, 3), reference=np.square, dtypes=(*NUMBERS, "uint8")),
    sample("maximum", separated(2, 3), 0.05, reference=np.maximum, dtypes=FLOATS),
    sample("maximum", NEAR, given([0.5, 0.1, 1.9]), reference=np.maximum),
    sample("minimum", NEAR, given([0.5, 0.1, 1.9]), reference=np.minimum),
    sample("clip", NEAR, -0.5, 1.0, reference=np.clip, dtypes=FLOATS),
    sample("clip", NEAR, given([0.0, -1.0, 0.5]), 2.0, reference=np.clip),
    sample("clip", NEAR, None, 1.0, reference=np.clip, dtypes=FLOATS),
    sample("clip", NEAR, 0.0, None, reference=np.clip, dtypes=FLOATS),
    sample("clip", NEAR, None, None, reference=lambda x, a, b: x),
    sample("_clip", NEAR, given([0.0, -1.0, 0.5]), given(2.0), reference=np.clip),
    sample("power", positive(2, 3), floats(3), reference=np.power, dtypes=FLOATS),
    sample("power", floats(2, 3), 2, reference=np.power),
    sample("power", floats(2, 3), 3.0, reference=np.power, dtypes=(*FLOATS, BFLOAT16)),
    sample("power", integers(2, 3), 3, reference=np.power, gradient=False),
    sample(
        "floor_divide",
        floats(2, 3),
        given([2.0, 3.0, -4.0]),
        reference=np.floor_divide,
        gradient=False,
    ),
    sample(
        "mod", floats(2, 3), given([0.7, 1.1, -0.9]), reference=np.mod, dtypes=FLOATS
    ),
    sample("mod", floats(2, 3), given([2.0, 3.0, -4.0]), reference=np.mod),
    sample("arctan2", floats(2, 3), floats(3), reference=np.arctan2),
    sample("logaddexp", floats(2, 3), floats(3), reference=np.logaddexp),
    sample("reciprocal", floats(2, 3), reference=lambda x: 1 / x, dtypes=FLOATS),
    sample("rsqrt", positive(2, 3), reference=lambda x: x**-0.5, dtypes=FLOATS),
    sample("abs", floats(2, 3), reference=np.abs),
    sample("round", floats(2, 3), reference=np.round, gradient=False),
    sample("round", floats(2, 3), 1, reference=np.round, gradient=False, loose=3),
    sample(
        "round",
        integers(5, low=0, high=300),
        -1,
        reference=np.round,
        gradient=False,
    ),
    sample("_round", floats(2, 3), reference=np.round, gradient=False),
]
