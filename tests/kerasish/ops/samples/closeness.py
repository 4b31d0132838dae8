"""Samples of `kerasish.ops.closeness`."""

import numpy as np

from tests.kerasish.ops.sampling import FLOATS, NUMBERS, bits, given, sample

ODD = given([0.0, 1.0, np.nan, np.inf, -np.inf])
NEAR = given([0.1, 1.00001, np.nan, np.inf, np.inf])
ALL = (*NUMBERS, "uint8")


def test(name, reference, *args, dtypes=FLOATS, **kwargs):
    return sample(
        name, *args, **kwargs, reference=reference, gradient=False, dtypes=dtypes
    )


SAMPLES = [
    test("isinf", np.isinf, ODD),
    test("isinf", np.isinf, bits(2, 3), dtypes=ALL),
    test("isposinf", np.isposinf, ODD),
    test("isneginf", np.isneginf, ODD),
    test("isreal", np.isreal, ODD),
    test("isclose", np.isclose, ODD, NEAR, dtypes=FLOATS[:2]),
    test("isclose", np.isclose, ODD, NEAR, equal_nan=True, dtypes=FLOATS[:2]),
    test("isclose", np.isclose, ODD, NEAR, rtol=0.0, atol=0.2, dtypes=FLOATS[:2]),
    test("isclose", np.isclose, bits(2, 3, high=3), bits(3, high=3), dtypes=ALL),
    test("allclose", np.allclose, bits(2, 3), bits(3), dtypes=ALL),
    test("allclose", np.allclose, ODD, ODD, equal_nan=True),
    test("isin", np.isin, bits(2, 3), bits(2, 2), dtypes=ALL),
    test("isin", np.isin, bits(2, 3), [1, 3, 5], invert=True, dtypes=("int32",)),
    test("_isin", np.isin, bits(2, 3), bits(4), dtypes=ALL),
]
