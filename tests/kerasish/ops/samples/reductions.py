"""Samples of `kerasish.ops.reductions`."""

import numpy as np
import scipy.special

from tests.kerasish.ops.sampling import (
    BFLOAT16,
    FLOATS,
    NUMBERS,
    bits,
    floats,
    given,
    positive,
    sample,
    separated,
)

ALL = (*NUMBERS, "int8", "uint8", "bool")
MANY = (*ALL, BFLOAT16)


def kept(function):
    return lambda x, axis, keepdims: function(x, axis=axis, keepdims=keepdims)


def each(name, function, recipe, **options):
    """Rows over all axes, one axis, two axes kept."""
    return [
        sample(name, recipe(2, 3), reference=function, **options),
        sample(name, recipe(2, 3), axis=-1, reference=function, **options),
        sample(
            name,
            recipe(2, 3, 2),
            axis=(0, -1),
            keepdims=True,
            reference=function,
            **options,
        ),
    ]


def private(name, function):
    return sample(name, separated(2, 3), 1, True, reference=kept(function))


def position(function):
    return lambda x, axis: function(x, axis=axis)


SAMPLES = [
    *each("sum", np.sum, floats, dtypes=MANY),
    *each("mean", np.mean, floats, dtypes=MANY),
    *each("var", np.var, floats, dtypes=MANY, loose=2),
    *each("std", np.std, floats, dtypes=MANY, loose=2),
    *each("max", np.max, separated, dtypes=MANY),
    *each("min", np.min, separated, dtypes=MANY),
    *each("amax", np.amax, separated),
    *each("amin", np.amin, separated),
    *each("all", np.all, bits, gradient=False, dtypes=ALL),
    *each("any", np.any, bits, gradient=False, dtypes=ALL),
    *each("logsumexp", scipy.special.logsumexp, floats, loose=3),
    sample(
        "max", separated(2, 3), axis=1, initial=1.0, reference=np.max, dtypes=FLOATS
    ),
    sample(
        "min", separated(2, 3), axis=1, initial=0.0, reference=np.min, dtypes=FLOATS
    ),
    private("_max", np.max),
    private("_min", np.min),
    sample("argmax", separated(2, 3), reference=np.argmax, gradient=False, dtypes=ALL),
    sample("argmax", separated(2, 3), axis=1, reference=np.argmax, gradient=False),
    sample(
        "argmax",
        separated(2, 3),
        axis=0,
        keepdims=True,
        reference=np.argmax,
        gradient=False,
    ),
    sample("argmin", separated(2, 3), reference=np.argmin, gradient=False, dtypes=ALL),
    sample("argmin", separated(2, 3), axis=1, reference=np.argmin, gradient=False),
    sample(
        "_argmax", separated(2, 3), 1, reference=position(np.argmax), gradient=False
    ),
    sample(
        "_argmin", separated(2, 3), 1, reference=position(np.argmin), gradient=False
    ),
    sample("average", floats(2, 3), axis=1, reference=np.average, dtypes=MANY),
    sample("average", floats(2, 3), reference=np.average),
    sample(
        "average",
        floats(2, 3),
        axis=1,
        weights=positive(3),
        reference=np.average,
        dtypes=FLOATS,
    ),
    sample(
        "average",
        floats(2, 3),
        weights=positive(2, 3),
        reference=np.average,
        dtypes=FLOATS,
        batch=False,
    ),
    sample(
        "count_nonzero",
        given([[0, 1, 2], [0, 0, 3]]),
        axis=1,
        reference=np.count_nonzero,
        gradient=False,
        dtypes=ALL,
    ),
]
