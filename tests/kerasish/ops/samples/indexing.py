"""Samples of `kerasish.ops.indexing`."""

import numpy as np

from tests.kerasish.ops.sampling import (
    floats,
    given,
    integers,
    sample,
    separated,
)

KEYS = [
    1,
    (slice(None), slice(None, None, -2)),
    (..., None, 0),
    np.array([[0, -1], [1, 1]]),
    (slice(None), np.array([0, 0, 2])),
    (np.array([0, 1]), slice(None), np.array([1, 1])),
]
MASK = np.array([[True, False, True], [False, True, True]])


def scattered(updates, indices, axis, size):
    made = np.zeros((*updates.shape[:axis], size, *updates.shape[axis + 1 :]))
    moved, rows = np.moveaxis(made, axis, 0), np.moveaxis(updates, axis, 0)
    np.add.at(moved, indices, rows)
    return made.astype(updates.dtype)


def put(g, key, shape):
    made = np.zeros(shape, g.dtype)
    np.add.at(made, key, g)
    return made


def hot(x, num_classes, axis=-1):
    return np.moveaxis(np.eye(num_classes)[x], -1, axis)


def multi(inputs, num_classes):
    return np.eye(num_classes)[inputs].max(1)


def largest(x, k):
    order = np.argsort(-x, axis=-1, kind="stable")[..., :k]
    return np.take_along_axis(x, order, -1), order


SAMPLES = [
    sample("take", floats(3, 2), integers(4, high=3), reference=np.take, batch=False),
    sample("take", floats(3, 4), integers(2, 2, low=-4, high=4), axis=1,
           reference=np.take),
    sample("_from_start", integers(2, 3, low=-4, high=4), 4, gradient=False,
           reference=np.mod),
    sample("_from_start", integers(0), 4, gradient=False, reference=np.mod),
    sample("_take", floats(3, 4), integers(2, 2, high=4), axis=1, reference=np.take),
    sample("_scatter_add", floats(5, 2), integers(5, high=3), axis=0, size=3,
           reference=scattered, batch=False),
    *[sample("get_item", floats(2, 3, 2), key, reference=lambda x, key: x[key],
             batch=False) for key in KEYS],
    sample("get_item", floats(2, 3), MASK, reference=lambda x, key: x[key],
           batch=False),
    sample("_get_item", floats(2, 3), key=(0,), reference=lambda x, key: x[key]),
    sample("_put_item", floats(2, 2), key=(slice(None), np.array([1, 1])),
           shape=(2, 3), reference=put),
    sample("take_along_axis", floats(2, 3), integers(2, 4, high=3), axis=1,
           reference=np.take_along_axis),
    sample("take_along_axis", floats(2, 3), integers(1, 3, high=2), axis=0,
           reference=np.take_along_axis, batch=False),
    sample("take_along_axis", floats(2, 3), integers(4, high=6), axis=None,
           reference=np.take_along_axis, batch=False),
    sample("_take_along", floats(2, 3), integers(2, 4, high=3), axis=1,
           reference=np.take_along_axis),
    sample("one_hot", integers(2, 3), 5, reference=hot, gradient=False),
    sample("one_hot", integers(2, 3), 5, axis=1, reference=hot, gradient=False),
    sample("multi_hot", integers(2, 3), 5, reference=multi, gradient=False),
    sample("argsort", separated(2, 3), axis=0, reference=np.argsort, gradient=False,
           dtypes=("float64",)),
    sample("argsort", separated(2, 3), axis=None, reference=np.argsort,
           gradient=False, dtypes=("float64",)),
    sample("_argsort", separated(2, 3), axis=1, reference=np.argsort,
           gradient=False, dtypes=("float64",)),
    sample("sort", separated(2, 3), axis=0, reference=np.sort),
    sample("sort", separated(2, 3), axis=None, reference=np.sort, batch=False),
    sample("top_k", separated(2, 5), 3, reference=largest),
    sample("_top_k", separated(2, 5), k=3, reference=lambda x, k: largest(x, k)[1],
           gradient=False),
    sample("in_top_k", given([0, 2], "int32"), separated(2, 5), 2,
           reference=lambda t, p, k: np.array([t[i] in largest(p, k)[1][i]
                                               for i in range(2)]),
           gradient=False, batch=False),
]  # fmt: skip
