"""Samples of `kerasish.ops.activations`, off the kinks."""

import numpy as np
import scipy.special

from tests.kerasish.ops.sampling import (
    BFLOAT16,
    FLOATS,
    NUMBERS,
    given,
    sample,
    separated,
)

X = given([[-4.1, -2.3, -0.6], [-0.3, 0.2, 0.8], [1.7, 3.6, 6.5]])
SCALE, ALPHA = 1.0507009873554805, 1.6732632423543772


def elu(x, alpha=1.0):
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


def gelu(x, approximate=True):
    if approximate:
        inner = np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)
        return 0.5 * x * (1 + np.tanh(inner))
    return x * scipy.special.ndtr(x)


def sigmoid(x):
    return scipy.special.expit(x)


def glu(x, axis=-1):
    a, b = np.split(x, 2, axis)
    return a * sigmoid(b)


def one(name, reference, *args, dtypes=FLOATS, **kwargs):
    return sample(name, X, *args, **kwargs, reference=reference, dtypes=dtypes, loose=2)


SAMPLES = [
    one("relu", lambda x: np.maximum(x, 0), dtypes=(*NUMBERS, BFLOAT16)),
    one("leaky_relu", lambda x: np.where(x > 0, x, 0.2 * x)),
    one("leaky_relu", lambda x, s: np.where(x > 0, x, s * x), 0.1),
    one("elu", elu),
    one("elu", elu, alpha=0.5),
    one("selu", lambda x: SCALE * elu(x, ALPHA)),
    one("celu", elu),
    one(
        "celu", lambda x, a: np.maximum(x, 0) + a * np.expm1(np.minimum(x, 0) / a), 2.0
    ),
    one("gelu", gelu),
    one("gelu", gelu, approximate=False),
    one("sigmoid", sigmoid, dtypes=(*NUMBERS, BFLOAT16)),
    one("silu", lambda x: x * sigmoid(x)),
    one("swish", lambda x: x * sigmoid(x)),
    one("log_sigmoid", scipy.special.log_expit),
    one("softplus", lambda x: np.logaddexp(x, 0)),
    one("softsign", lambda x: x / (1 + np.abs(x))),
    one("tanh_shrink", lambda x: x - np.tanh(x)),
    one("squareplus", lambda x: (x + np.sqrt(x**2 + 4)) / 2),
    one("squareplus", lambda x, b: (x + np.sqrt(x**2 + b)) / 2, b=0.5),
    one("mish", lambda x: x * np.tanh(np.logaddexp(x, 0))),
    sample("glu", separated(3, 4), reference=glu, dtypes=FLOATS),
    sample("glu", separated(4, 3), axis=0, reference=glu, dtypes=FLOATS, batch=False),
]
