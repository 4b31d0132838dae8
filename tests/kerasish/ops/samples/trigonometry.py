"""Samples of `kerasish.ops.trigonometry`."""

import numpy as np

from tests.kerasish.ops.sampling import (
    BFLOAT16,
    FLOATS,
    NUMBERS,
    Recipe,
    floats,
    sample,
    unit,
)


def above_one(*shape):
    return Recipe(shape, lambda rng, s: rng.uniform(1.2, 3.0, s))


SAMPLES = [
    sample("sin", floats(2, 3), reference=np.sin),
    sample("cos", floats(2, 3), reference=np.cos),
    sample("tan", unit(2, 3), reference=np.tan),
    sample("arcsin", unit(2, 3), reference=np.arcsin, dtypes=FLOATS),
    sample("arccos", unit(2, 3), reference=np.arccos, dtypes=FLOATS),
    sample("arctan", floats(2, 3), reference=np.arctan),
    sample("sinh", floats(2, 3), reference=np.sinh),
    sample("cosh", floats(2, 3), reference=np.cosh),
    sample("tanh", floats(2, 3), reference=np.tanh, dtypes=(*NUMBERS, BFLOAT16)),
    sample("arcsinh", floats(2, 3), reference=np.arcsinh),
    sample("arccosh", above_one(2, 3), reference=np.arccosh),
    sample("arctanh", unit(2, 3), reference=np.arctanh, dtypes=FLOATS),
]
