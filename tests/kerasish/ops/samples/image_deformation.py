"""Samples of `kerasish.ops.image_deformation`; where it moves, see its test."""

from kerasish.ops import image
from tests.kerasish.ops.sampling import floats, sample

SAMPLES = [
    sample(
        image.elastic_transform,
        floats(2, 3, 4, 2),
        alpha=0.0,
        seed=1,
        reference=lambda x, alpha, seed: x,
        dtypes=("float64", "float32"),
        loose=20,
    ),
]
