"""Samples of `kerasish.ops.counting`."""

import numpy as np

from tests.kerasish.ops.sampling import FLOATS, NUMBERS, floats, given, integers, sample

BOUNDS = given([-1.0, 0.0, 1.0])


def rows(x, minlength):
    return np.stack([np.bincount(row, minlength=minlength) for row in x])


def histogram(x, bins=10, range=None):
    return np.histogram(x, bins, range)


SAMPLES = [
    sample("digitize", floats(2, 3), BOUNDS, reference=np.digitize, gradient=False),
    sample("bincount", integers(6), reference=np.bincount, gradient=False, sized=False),
    sample(
        "bincount",
        integers(6),
        minlength=9,
        reference=np.bincount,
        gradient=False,
        sized=False,
    ),
    sample(
        "bincount",
        integers(6),
        floats(6),
        reference=np.bincount,
        dtypes=FLOATS,
        loose=2,
        sized=False,
    ),
    sample(
        "bincount",
        integers(2, 3),
        minlength=5,
        reference=rows,
        gradient=False,
        sized=False,
    ),
    sample(
        "_count",
        integers(6),
        5,
        reference=lambda x, size: np.bincount(x, minlength=size),
        gradient=False,
    ),
    sample(
        "_weigh",
        floats(6),
        integers(6),
        5,
        reference=lambda w, x, size: np.bincount(x, w, size),
        dtypes=FLOATS,
        loose=2,
    ),
    sample(
        "histogram",
        floats(9),
        4,
        reference=histogram,
        gradient=False,
        dtypes=FLOATS[:2],
    ),
    sample(
        "histogram",
        floats(9),
        bins=3,
        range=(-1.0, 1.0),
        reference=histogram,
        gradient=False,
        dtypes=NUMBERS,
    ),
    sample(
        "_histogram",
        floats(9),
        BOUNDS,
        bins=2,
        reference=lambda x, edges, bins: np.histogram(x, edges),
        gradient=False,
    ),
]
