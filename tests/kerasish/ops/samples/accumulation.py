"""Samples of `kerasish.ops.accumulation`."""

import numpy as np

from tests.kerasish.ops.sampling import FLOATS, NUMBERS, floats, given, positive, sample

ALL = (*NUMBERS, "int8", "uint8", "bool")
ZEROS = given([[2.0, 0.0, 3.0], [0.0, 1.5, 0.0]])
HOLES = given([[2.0, np.nan, 3.0], [0.5, 1.5, np.nan]])


def recurrence(a, b, axis):
    a, b = np.broadcast_arrays(a, b)
    y = np.zeros(b.shape)
    for i in range(b.shape[axis]):
        y[:, i] = (a[:, i] * y[:, i - 1] if i else 0) + b[:, i]
    return y


def trapezoid(y, **options):
    return np.trapezoid(np.asarray(y, "float64"), **options)


SAMPLES = [
    sample("prod", floats(2, 3), reference=np.prod, dtypes=NUMBERS),
    sample("prod", ZEROS, axis=1, reference=np.prod, dtypes=ALL),
    sample("prod", ZEROS, axis=0, keepdims=True, reference=np.prod),
    sample("prod", floats(2, 3, 2), axis=(0, 2), reference=np.prod),
    sample("prod", floats(2, 3), axis=1, dtype="float64", reference=np.prod),
    sample("_prod", ZEROS, 1, reference=lambda x, a: np.prod(x, axis=a, keepdims=True)),
    sample("cumsum", floats(2, 3), axis=1, reference=np.cumsum, dtypes=ALL),
    sample("cumsum", floats(2, 3), reference=np.cumsum),
    sample("cumsum", floats(2, 3), axis=0, dtype="float64", reference=np.cumsum),
    sample("_cumsum", floats(2, 3), axis=0, reference=np.cumsum),
    sample("cumprod", ZEROS, axis=1, reference=np.cumprod, dtypes=ALL),
    sample("cumprod", floats(2, 3), reference=np.cumprod),
    sample("_cumprod", ZEROS, axis=0, reference=np.cumprod),
    sample(
        "_recurrence",
        floats(2, 5),
        floats(2, 5),
        axis=1,
        reference=recurrence,
        dtypes=FLOATS,
        loose=2,
    ),
    sample("nancumsum", HOLES, axis=1, reference=np.nancumsum, dtypes=FLOATS),
    sample("nancumprod", HOLES, axis=1, reference=np.nancumprod, dtypes=FLOATS),
    sample("nancumsum", floats(2, 3), reference=np.nancumsum, dtypes=NUMBERS),
    sample("nanprod", HOLES, axis=1, reference=np.nanprod, dtypes=FLOATS),
    sample("nanprod", floats(2, 3), keepdims=True, reference=np.nanprod),
    sample("trapezoid", floats(2, 3), reference=trapezoid),
    sample("trapezoid", floats(2, 3), dx=0.5, axis=0, reference=trapezoid, batch=False),
    sample(
        "trapezoid", floats(2, 3), x=positive(3), reference=trapezoid, dtypes=FLOATS
    ),
    sample(
        "trapezoid", floats(2, 3), x=positive(2, 3), reference=trapezoid, dtypes=FLOATS
    ),
]
