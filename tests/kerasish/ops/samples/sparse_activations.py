"""Samples of `kerasish.ops.sparse_activations`, off the kinks."""

import numpy as np

from tests.kerasish.ops.sampling import FLOATS, NUMBERS, given, sample, separated

X = given([[-4.1, -2.3, -0.6], [-0.3, 0.2, 0.8], [1.7, 3.6, 6.5]])


def hard_sigmoid(x):
    return np.clip(x / 6 + 0.5, 0, 1)


def sparsemax(x, axis=-1):
    # Martins and Astudillo, 2016, equations 2 and 4.
    z = np.moveaxis(x, axis, -1)
    ordered = -np.sort(-z, axis=-1)
    k = np.arange(1, z.shape[-1] + 1)
    total = np.cumsum(ordered, axis=-1)
    support = np.sum(1 + k * ordered > total, axis=-1, keepdims=True)
    tau = (np.take_along_axis(total, support - 1, -1) - 1) / support
    return np.moveaxis(np.maximum(z - tau, 0), -1, axis)


def sparse_plus(x):
    return np.where(x <= -1, 0, np.where(x >= 1, x, (x + 1) ** 2 / 4))


def one(name, reference, *args, dtypes=FLOATS, **kwargs):
    return sample(name, X, *args, **kwargs, reference=reference, dtypes=dtypes, loose=2)


SAMPLES = [
    one("relu6", lambda x: np.clip(x, 0, 6), dtypes=NUMBERS),
    one("hard_tanh", lambda x: np.clip(x, -1, 1)),
    one("hard_sigmoid", hard_sigmoid),
    one("hard_silu", lambda x: x * hard_sigmoid(x)),
    one("hard_swish", lambda x: x * hard_sigmoid(x)),
    one("hard_shrink", lambda x: np.where(np.abs(x) > 0.5, x, 0)),
    one("hard_shrink", lambda x, t: np.where(np.abs(x) > t, x, 0), 2.0),
    one("soft_shrink", lambda x: np.sign(x) * np.maximum(np.abs(x) - 0.5, 0)),
    one("soft_shrink", lambda x, t: np.sign(x) * np.maximum(np.abs(x) - t, 0), 1.0),
    one("sparse_plus", sparse_plus),
    one("sparse_sigmoid", lambda x: np.clip((x + 1) / 2, 0, 1)),
    one("threshold", lambda x, t, d: np.where(x > t, x, d), 0.5, -2.0),
    sample("sparsemax", separated(3, 4), reference=sparsemax, dtypes=FLOATS[:2]),
    sample(
        "sparsemax",
        separated(4, 3),
        axis=0,
        reference=sparsemax,
        dtypes=FLOATS[:1],
        batch=False,
    ),
]
