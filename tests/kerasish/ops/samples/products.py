"""Samples of `kerasish.ops.products`."""

import numpy as np

from tests.kerasish.ops.sampling import FLOATS, floats, sample

SHAPES = [
    ((2, 3), (3, 4)),
    ((3,), (3,)),
    ((3,), (3, 4)),
    ((2, 3), (3,)),
    ((2, 4, 3), (3, 2)),
    ((2, 4, 3), (3,)),
    ((3,), (2, 3, 4)),
    ((2, 2, 3), (2, 3, 2)),
    ((2, 1, 2, 3), (3, 3, 2)),
    ((2, 3), (2, 3, 2)),
    ((2, 0), (0, 2)),
]


def row(name, left, right, reference, **options):
    return sample(
        name, floats(*left), floats(*right), reference=reference, loose=4, **options
    )


SAMPLES = [
    *[row("matmul", a, b, np.matmul, batch=False) for a, b in SHAPES],
    sample("matmul", floats(2, 3), floats(3, 2), reference=np.matmul, batch=False),
    row("dot", (2, 3), (3, 2), np.dot, batch=False),
    row("dot", (3,), (3,), np.dot),
    row("dot", (), (2, 3), np.dot),
    row("dot", (2, 3), (2, 3, 2), np.dot, batch=False),
    row("tensordot", (2, 3, 4), (3, 4, 2), np.tensordot, batch=False),
    row(
        "tensordot",
        (2, 3),
        (4, 2, 3),
        np.tensordot,
        axes=[[0, 1], [1, 2]],
        batch=False,
    ),
    row("tensordot", (2, 3), (2, 3), np.tensordot, axes=0, batch=False),
    row("outer", (2, 2), (3,), np.outer, dtypes=FLOATS),
]
