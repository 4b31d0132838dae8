"""Samples of `kerasish.ops.crossentropy`."""

import numpy as np
import scipy.special

from tests.kerasish.ops.sampling import FLOATS, Recipe, floats, integers, sample


def shares(*shape):
    """Rows of probabilities that sum to 1."""

    def draw(rng, shape):
        x = rng.uniform(0.2, 1.0, shape)
        return x / x.sum(-1, keepdims=True)

    return Recipe(shape, draw)


def binary(target, output, from_logits=False):
    p = scipy.special.expit(output) if from_logits else output
    return -target * np.log(p) - (1 - target) * np.log1p(-p)


def probabilities(output, from_logits, axis):
    if from_logits:
        return scipy.special.softmax(output, axis)
    return output / output.sum(axis, keepdims=True)


def categorical(target, output, from_logits=False, axis=-1):
    return -(target * np.log(probabilities(output, from_logits, axis))).sum(axis)


def sparse(target, output, from_logits=False, axis=-1):
    p = probabilities(output, from_logits, axis)
    at = np.expand_dims(target, axis)
    return -np.log(np.take_along_axis(p, at, axis)).squeeze(axis)


LABELS = integers(3, high=4)
SAMPLES = [
    sample(name, *args, **kwargs, reference=reference, dtypes=FLOATS, loose=4)
    for name, reference, target in (
        ("binary_crossentropy", binary, shares(3, 4)),
        ("categorical_crossentropy", categorical, shares(3, 4)),
        ("sparse_categorical_crossentropy", sparse, LABELS),
    )
    for args, kwargs in (
        ((target, shares(3, 4)), {}),
        ((target, floats(3, 4)), {"from_logits": True}),
    )
] + [
    sample(
        "categorical_crossentropy",
        shares(4, 3),
        shares(4, 3),
        axis=0,
        reference=categorical,
        dtypes=FLOATS,
        loose=4,
        batch=False,
    ),
    sample(
        "sparse_categorical_crossentropy",
        LABELS,
        floats(4, 3),
        from_logits=True,
        axis=0,
        reference=sparse,
        dtypes=FLOATS,
        loose=4,
        batch=False,
    ),
]
