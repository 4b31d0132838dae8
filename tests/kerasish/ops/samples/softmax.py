"""Samples of `kerasish.ops.softmax`."""

import scipy.special

from tests.kerasish.ops.sampling import BFLOAT16, NUMBERS, floats, sample


def rows(name, reference):
    return [
        sample(name, floats(2, 3), reference=reference, dtypes=(*NUMBERS, BFLOAT16)),
        sample(name, floats(2, 3), axis=0, reference=reference),
        sample(name, floats(2, 2, 2), axis=(1, 2), reference=reference),
        sample(f"_{name}", floats(2, 3), axis=(1,), reference=reference),
    ]


def softmax(x, axis=-1):
    return scipy.special.softmax(x, axis)


def log_softmax(x, axis=-1):
    return scipy.special.log_softmax(x, axis)


SAMPLES = [*rows("softmax", softmax), *rows("log_softmax", log_softmax)]
