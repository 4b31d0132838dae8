"""Samples of `kerasish.ops.comparison`."""

import numpy as np

from tests.kerasish.ops.sampling import NUMBERS, bits, booleans, given, sample

ALL = (*NUMBERS, "uint8", "bool")
ODD = given([0.0, 1.0, np.nan, np.inf, -np.inf])


def pair(name, reference):
    return sample(
        name,
        bits(2, 3, high=3),
        bits(3, high=3),
        reference=reference,
        gradient=False,
        dtypes=ALL,
    )


SAMPLES = [
    pair("equal", np.equal),
    pair("not_equal", np.not_equal),
    pair("less", np.less),
    pair("less_equal", np.less_equal),
    pair("greater", np.greater),
    pair("greater_equal", np.greater_equal),
    pair("logical_and", np.logical_and),
    pair("logical_or", np.logical_or),
    pair("logical_xor", np.logical_xor),
    sample("equal", booleans(3), 1, reference=np.equal, gradient=False),
    sample("logical_not", bits(2, 3, high=2), reference=np.logical_not, gradient=False),
    sample("isfinite", ODD, reference=np.isfinite, gradient=False, dtypes=NUMBERS[:3]),
    sample("isnan", ODD, reference=np.isnan, gradient=False, dtypes=NUMBERS[:3]),
    sample("isnan", bits(2, 2), reference=np.isnan, gradient=False, dtypes=ALL),
    sample("isfinite", bits(2, 2), reference=np.isfinite, gradient=False, dtypes=ALL),
]
