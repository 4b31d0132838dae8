"""Samples of `kerasish.ops.nan_reductions`."""

import warnings

import numpy as np

from tests.kerasish.ops.sampling import FLOATS, NUMBERS, floats, given, sample

HOLES = given([[2.0, np.nan, 3.0], [0.5, 1.5, np.nan], [np.nan] * 3])
SOME = given([[2.0, np.nan, 3.0], [0.5, 1.5, np.nan]])
ODD = given([[1.0, np.nan, np.inf], [-np.inf, 0.5, -2.0]])


def quiet(function):
    def call(*args, **kwargs):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return function(*args, **kwargs)

    return call


def rows(name, holes=HOLES, **options):
    reference = quiet(getattr(np, name))
    return [
        sample(name, SOME, reference=reference, dtypes=FLOATS, **options),
        sample(
            name,
            SOME,
            axis=1,
            keepdims=True,
            reference=reference,
            dtypes=FLOATS,
            **options,
        ),
        sample(name, holes, axis=1, reference=reference, dtypes=FLOATS, gradient=False),
        sample(
            name, floats(2, 3), axis=0, reference=reference, dtypes=NUMBERS, **options
        ),
    ]


SAMPLES = [
    *rows("nansum"),
    *rows("nanmean"),
    *rows("nanvar", loose=2),
    *rows("nanstd", loose=2),
    *rows("nanmax"),
    *rows("nanmin"),
    *rows("nanargmax", holes=SOME, gradient=False),
    *rows("nanargmin", holes=SOME, gradient=False),
    sample(
        "nan_to_num", ODD, reference=np.nan_to_num, dtypes=FLOATS[:1], gradient=False
    ),
    sample(
        "nan_to_num",
        ODD,
        nan=1.0,
        posinf=2.0,
        neginf=-3.0,
        reference=np.nan_to_num,
        dtypes=FLOATS,
        gradient=False,
    ),
    sample("nan_to_num", floats(2, 3), reference=np.nan_to_num, dtypes=NUMBERS),
]
