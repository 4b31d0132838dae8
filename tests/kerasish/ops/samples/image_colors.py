"""Samples of `kerasish.ops.image_colors`, off the borders between colors."""

import colorsys

import numpy as np

from kerasish.ops import image
from tests.kerasish.ops.sampling import FLOATS, given, sample

X = given(
    [
        [[0.9, 0.4, 0.1], [0.2, 0.7, 0.35], [0.15, 0.3, 0.8]],
        [[0.8, 0.1, 0.55], [0.6, 0.85, 0.3], [0.5, 0.25, 0.7]],
    ]
)

HUES = given(
    [
        [[0.9, 0.4, 0.1], [0.2, 0.7, 0.35], [0.04, 0.3, 0.8]],
        [[0.75, 0.1, 0.55], [0.6, 0.85, 0.3], [0.42, 0.25, 0.7]],
    ]
)


def grey(x):
    return x @ np.array([[0.2989], [0.587], [0.114]])


def each(function):
    return lambda x: np.apply_along_axis(lambda p: function(*p), -1, x)


SAMPLES = [
    sample(image.rgb_to_grayscale, X, reference=grey, dtypes=FLOATS),
    sample(
        image.rgb_to_hsv,
        X,
        reference=each(colorsys.rgb_to_hsv),
        dtypes=FLOATS,
        loose=4,
    ),
    sample(
        image.hsv_to_rgb,
        HUES,
        reference=each(colorsys.hsv_to_rgb),
        dtypes=FLOATS,
        loose=4,
    ),
]
