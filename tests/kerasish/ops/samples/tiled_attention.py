"""Samples of `kerasish.ops.tiled_attention`: primitives on packed tensors."""

import numpy as np

from kerasish.backends.testing_cases import _attention
from tests.kerasish.ops.sampling import fixed, floats, sample

SHAPES = ((1, 2, 3, 2), (1, 2, 4, 2), (1, 2, 4, 3), (2, 1, 4))
SIZE = sum(int(np.prod(shape)) for shape in SHAPES)
SEEN = fixed([[[[1, 0, 1, 1], [1, 0, 0, 0], [0, 1, 0, 0]]]], "bool")
RULES = {"causal": True, "window": 3, "cap": 1.5}


def parts(x, shapes):
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
    pieces = zip(np.split(x, ends[:-1]), shapes, strict=True)
    return ([piece.reshape(shape) for piece, shape in pieces] + [None])[:4]


def forward(x, *mask, shapes, **rules):
    return _attention(*parts(x, shapes), *(mask or (None,)), *rules.values())


SAMPLES = [
    sample(
        "_tiled_attention",
        floats(SIZE),
        SEEN,
        shapes=SHAPES,
        **RULES,
        reference=forward,
        dtypes=("float64", "float32"),
        loose=4,
    ),
    sample(
        "_tiled_attention",
        floats(SIZE - 8),
        shapes=SHAPES[:3],
        causal=False,
        window=None,
        cap=None,
        reference=forward,
        dtypes=("float64", "float32"),
        loose=4,
    ),
    # Its values are tested as the gradients of the other.
    sample(
        "_tiled_attention_back",
        floats(1, 2, 3, 3),
        floats(1, 2, 3, 1),
        floats(1, 2, 3, 3),
        floats(1, 2, 3, 1),
        floats(SIZE),
        SEEN,
        shapes=SHAPES,
        **RULES,
        dtypes=("float64", "float32"),
        batch=False,
    ),
]
