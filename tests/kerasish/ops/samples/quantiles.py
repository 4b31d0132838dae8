"""Samples of `kerasish.ops.quantiles`."""

import numpy as np

from tests.kerasish.ops.sampling import (
    BFLOAT16,
    FLOATS,
    NUMBERS,
    given,
    sample,
    separated,
)

HOLES = given([[2.0, np.nan, 3.0, 7.0], [0.5, 1.5, np.nan, -1.0]])


def quantile(name):
    function = getattr(np, name)

    def call(x, q, axis=None, method="linear", keepdims=False):
        return function(x, q, axis=axis, method=method, keepdims=keepdims)

    return call


SPACED = separated(3, 4)


def rows(name, *shares, recipe=SPACED, **options):
    reference = quantile(name)
    made = [
        sample(name, recipe, shares[0], reference=reference, **options),
        sample(name, recipe, list(shares), axis=0, reference=reference, **options),
        sample(
            name,
            recipe,
            shares[1],
            axis=1,
            keepdims=True,
            reference=reference,
            **options,
        ),
        sample(
            name,
            recipe,
            list(shares),
            axis=(1, 0),
            keepdims=True,
            reference=reference,
            **options,
        ),
    ]
    for method in ("lower", "higher", "midpoint", "nearest"):
        made.append(
            sample(
                name, recipe, list(shares), 1, method, reference=reference, **options
            )
        )
    return made


SAMPLES = [
    *rows("quantile", 0.3, 0.55, dtypes=NUMBERS),
    *rows("percentile", 30.0, 55.0, dtypes=NUMBERS),
    *rows("nanquantile", 0.3, 0.55, recipe=HOLES, dtypes=FLOATS),
    *rows("nanpercentile", 30.0, 55.0, recipe=HOLES, dtypes=FLOATS),
    sample("median", separated(2, 5), axis=1, reference=np.median),
    sample("median", separated(2, 4), reference=np.median, dtypes=(*NUMBERS, BFLOAT16)),
    sample("nanmedian", HOLES, axis=1, reference=np.nanmedian, dtypes=FLOATS),
    sample("nanmedian", HOLES, keepdims=True, reference=np.nanmedian, dtypes=FLOATS),
    sample("ptp", separated(2, 3), axis=1, reference=np.ptp),
    sample("ptp", separated(2, 3), keepdims=True, reference=np.ptp),
]
