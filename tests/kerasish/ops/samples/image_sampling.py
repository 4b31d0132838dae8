"""Samples of `kerasish.ops.image_sampling`."""

import numpy as np
import scipy.ndimage

from kerasish.ops import image
from tests.kerasish.ops.sampling import fixed, floats, given, sample

D = {"dtypes": ("float64", "float32"), "loose": 40}
PLACES = given([[-0.6, 0.3, 1.4, 2.7, 3.2], [0.1, 1.7, -1.2, 2.4, 4.6]])
MODES = {
    "constant": "grid-constant",
    "nearest": "nearest",
    "wrap": "grid-wrap",
    "mirror": "mirror",
    "reflect": "reflect",
}
START = [[0.0, 0.0], [3.0, 0.0], [0.0, 2.0], [3.0, 2.0]]
END = [[0.4, 0.1], [2.7, 0.3], [0.2, 1.6], [3.2, 2.1]]


def read(x, places, order, fill_mode="constant", fill_value=0):
    return scipy.ndimage.map_coordinates(
        x, places, order=order, mode=MODES[fill_mode], cval=fill_value
    )


def turned(x, t):
    down, across = np.mgrid[: x.shape[1], : x.shape[2]]
    places = [
        t[3] * across + t[4] * down + t[5],
        t[0] * across + t[1] * down + t[2],
    ]
    parts = [[read(c, places, 1) for c in np.moveaxis(b, -1, 0)] for b in x]
    return np.moveaxis(np.array(parts), 1, -1)


SAMPLES = [
    *[
        sample(
            image.map_coordinates,
            floats(3, 4),
            PLACES,
            order,
            mode,
            0.5,
            reference=read,
            gradient=(0, 1) if order else (0,),
            batch=False,
            **D,
        )
        for order in (0, 1)
        for mode in MODES
    ],
    sample(
        image.affine_transform,
        floats(2, 3, 4, 2),
        given([0.9, 0.13, 0.21, -0.17, 1.1, 0.33, 0.0, 0.0]),
        reference=turned,
        **D,
    ),
    sample(
        image.affine_transform,
        floats(1, 3, 4, 1),
        given([[0.9, 0.13, 0.27, -0.17, 1.1, 0.33, 0.02, 0.03]]),
        fill_mode="reflect",
        batch=False,
        **D,
    ),
    sample(
        image.perspective_transform,
        floats(1, 3, 4, 1),
        given(START),
        given(END),
        batch=(0,),
        **D,
    ),
    sample(
        image.affine_transform,
        floats(1, 3, 4, 1),
        fixed([1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0]),
        "nearest",
        reference=lambda x, t, i: np.pad(x[:, :, 1:], ((0, 0),) * 2 + ((0, 1), (0, 0))),
        gradient=(0,),
        batch=False,
        dtypes=("float64",),
    ),
]
