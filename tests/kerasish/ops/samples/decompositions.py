"""Samples of `kerasish.ops.decompositions`."""

import numpy as np

from tests.kerasish.ops.sampling import FLOATS, floats, sample


def qr(x, mode="reduced"):
    return list(np.linalg.qr(x, mode))


SAMPLES = [
    sample(
        "qr",
        floats(*shape),
        **mode,
        reference=qr,
        dtypes=FLOATS[:2],
        gradient=False,
        batch=False,
    )
    for shape in ((4, 2), (2, 4), (2, 3, 3))
    for mode in ({}, {"mode": "complete"})
]
