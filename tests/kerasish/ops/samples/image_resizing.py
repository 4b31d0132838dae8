"""Samples of `kerasish.ops.image_resizing`; values of Keras are in `test_image.py`."""

import numpy as np

from kerasish.ops import image
from tests.kerasish.ops.sampling import floats, given, positive, sample

D = {"dtypes": ("float64", "float32"), "loose": 20}


def halved(x, size, antialias):
    # Each pixel of the result weighs those around it 1, 3, 3, 1, as far as there are.
    weights = np.array([[3, 3, 1, 0], [0, 1, 3, 3]]) / 7
    return np.einsum("ih,bhwc->biwc", weights, x)


def doubled(x, size):
    weights = np.array([[4, 0], [3, 1], [1, 3], [0, 4]]) / 4
    return np.einsum("jw,bhwc->bhjc", weights, x)


def nearest(x, size, interpolation):
    return x[:, [0, 2]][:, :, [0, 0, 1, 1]]


SCALE = given([1.3])


def moved(x, scale, shift):
    return image.scale_and_translate(x, (5, 2), scale, shift, (0,), "cubic")


SAMPLES = [
    sample(
        image.resize, floats(2, 4, 3, 1), (2, 3), antialias=True, reference=halved, **D
    ),
    sample(image.resize, floats(2, 2, 2, 2), (2, 4), reference=doubled, **D),
    sample(image.resize, floats(1, 3, 2, 1), (2, 4), "nearest", reference=nearest, **D),
    sample(image.resize, floats(1, 3, 4, 1), (2, 5), "lanczos3", **D),
    sample(image.resize, floats(1, 3, 4, 1), (2, 2), crop_to_aspect_ratio=True, **D),
    sample(image.resize, floats(1, 3, 5, 1), (2, 2), pad_to_aspect_ratio=True, **D),
    sample(
        image.scale_and_translate,
        floats(4, 2),
        (5, 2),
        positive(1),
        given([0.3]),
        (0,),
        "linear",
        gradient=(0,),
        batch=False,
        **D,
    ),
    sample(moved, floats(4, 2), SCALE, given([0.17]), batch=False, **D),
]
