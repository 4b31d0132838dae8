"""Samples of `kerasish.ops.division`."""

import numpy as np

from tests.kerasish.ops.sampling import FLOATS, bits, floats, given, sample

WHOLE = ("int32", "int64", "uint8", "int8")


def no_nan(x1, x2):
    quotient = np.divide(x1, np.where(x2 == 0, 1, x2))
    return np.where(x2 == 0, 0, quotient)


SAMPLES = [
    sample("divide_no_nan", floats(2, 3), given([1.0, -2.0, 4.0]), reference=no_nan),
    sample(
        "divide_no_nan",
        floats(2, 3),
        given([0.0, -2.0, 0.0]),
        reference=no_nan,
        gradient=(0,),
    ),
    sample(
        "fmod", floats(2, 3), given([0.7, 1.1, -0.9]), reference=np.fmod, dtypes=FLOATS
    ),
    sample("fmod", floats(2, 3), given([2.0, 3.0, -4.0]), reference=np.fmod),
    sample(
        "gcd",
        bits(3, 1, high=100),
        bits(4, high=100),
        reference=np.gcd,
        gradient=False,
        dtypes=WHOLE,
    ),
    sample(
        "lcm",
        bits(3, 1, high=12),
        bits(4, high=12),
        reference=np.lcm,
        gradient=False,
        dtypes=WHOLE[:2],
    ),
]
