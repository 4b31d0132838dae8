"""Samples of `kerasish.ops.image_patches`."""

import itertools

import numpy as np

from kerasish.ops import image
from tests.kerasish.ops.sampling import floats, sample

D = {"dtypes": ("float64", "float32")}


def patches(x, size, strides):
    counts = [
        (n - w) // s + 1 for n, w, s in zip(x.shape[1:-1], size, strides, strict=True)
    ]
    found = np.zeros((len(x), *counts, np.prod(size) * x.shape[-1]))
    for place in itertools.product(*map(range, counts)):
        key = tuple(
            slice(i * s, i * s + w)
            for i, s, w in zip(place, strides, size, strict=True)
        )
        found[(slice(None), *place)] = x[(slice(None), *key)].reshape(len(x), -1)
    return found


SAMPLES = [
    sample(
        image.extract_patches,
        floats(2, 3, 5, 2),
        (2, 3),
        (1, 2),
        reference=patches,
        **D,
    ),
    sample(
        image.extract_patches,
        floats(1, 2, 3, 3, 1),
        (2, 2, 2),
        (1, 1, 1),
        reference=patches,
        **D,
    ),
    sample(
        image.extract_patches_3d,
        floats(1, 3, 2, 3, 1),
        (2, 2, 1),
        (1, 2, 2),
        reference=patches,
        **D,
    ),
]
