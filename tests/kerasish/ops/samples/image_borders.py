"""Samples of `kerasish.ops.image_borders`."""

import numpy as np

from kerasish.ops import image
from tests.kerasish.ops.sampling import floats, sample


def padded(x, *counts, **options):
    return np.pad(x, ((0, 0), (1, 0), (2, 1), (0, 0)))


def cropped(x, *counts, **options):
    return x[:, 1:3, 0:1]


SAMPLES = [
    sample(image.pad_images, floats(2, 2, 3, 1), 1, 2, 0, 1, reference=padded),
    sample(
        image.pad_images,
        floats(2, 2, 3, 1),
        left_padding=2,
        bottom_padding=0,
        target_height=3,
        target_width=6,
        reference=padded,
    ),
    sample(image.crop_images, floats(2, 4, 3, 1), 1, 0, 1, 2, reference=cropped),
    sample(
        image.crop_images,
        floats(2, 4, 3, 1),
        top_cropping=1,
        right_cropping=2,
        target_height=2,
        target_width=1,
        reference=cropped,
    ),
]
