"""Samples of `kerasish.ops.ranges`."""

import numpy as np

from tests.kerasish.ops.sampling import FLOATS, NUMBERS, floats, positive, sample


def make(name, *args, reference=None, **kwargs):
    """A call without tensors, which depends on no dtype under test."""
    return sample(
        name,
        *args,
        **kwargs,
        reference=reference or getattr(np, name),
        gradient=False,
        dtypes=("float32",),
    )


def vander(x, N=None, increasing=False):
    return np.vander(x, N, increasing)


SAMPLES = [
    make("logspace", 0.0, 2.0, 5),
    make("logspace", 0, 2, 5, endpoint=False, base=2),
    make("geomspace", 1.0, 1000.0, 4),
    make("geomspace", -1.0, -8, 4, endpoint=False),
    sample(
        "logspace", floats(2, 1), floats(3), 4, reference=np.logspace, dtypes=FLOATS[:2]
    ),
    sample(
        "geomspace",
        positive(2, 3),
        positive(3),
        4,
        axis=-1,
        reference=np.geomspace,
        dtypes=FLOATS,
        loose=3,
    ),
    sample("meshgrid", floats(2), floats(3), reference=np.meshgrid),
    sample("meshgrid", floats(2), floats(3), indexing="ij", reference=np.meshgrid),
    sample("meshgrid", floats(2), floats(3), floats(2), reference=np.meshgrid),
    make("tri", 3),
    make("tri", 2, 4, 1),
    make("tri", 3, k=-1, dtype="int32"),
    sample("vander", floats(3), reference=vander, dtypes=NUMBERS),
    sample("vander", floats(3), 4, increasing=True, reference=vander, dtypes=FLOATS),
]
