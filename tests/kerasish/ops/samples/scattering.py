"""Samples of `kerasish.ops.scattering`."""

import numpy as np

from tests.kerasish.ops.sampling import floats, given, sample, separated

CELLS = given([[0, 1], [1, -1], [0, 1]], "int32")
ROWS = given([[2], [0], [2]], "int32")
UFUNCS = {"add": np.add, "max": np.maximum, "min": np.minimum, "mul": np.multiply}


def scatter(indices, values, shape):
    made = np.zeros(shape, values.dtype)
    np.add.at(made, tuple(indices.T), values)
    return made


def update(inputs, indices, updates, reduction=None):
    made = inputs.copy()
    if reduction is None:
        made[tuple(indices.T)] = updates
    else:
        UFUNCS[reduction].at(made, tuple(indices.T), updates)
    return made


def write(inputs, start_indices, updates):
    made = inputs.copy()
    (i, j), (m, n) = start_indices, updates.shape
    made[i : i + m, j : j + n] = updates
    return made


SAMPLES = [
    sample("scatter", CELLS, floats(3), (2, 3), reference=scatter, batch=False),
    sample("scatter", ROWS, floats(3, 2), (4, 2), reference=scatter, batch=False),
    sample("scatter_update", separated(2, 3), CELLS, floats(3), reference=update,
           batch=False),
    *[
        sample("scatter_update", separated(4, 2), ROWS, separated(3, 2), reduction,
               reference=update, batch=False, loose=4,
               order=2 if reduction in (None, "add", "mul") else 1)
        for reduction in (None, "add", "max", "min", "mul")
    ],
    sample("slice", floats(2, 3), (0, 1), (2, 2),
           reference=lambda x, start, shape: x[:, 1:]),
    sample("slice", floats(2, 3), (1, 0), (-1, 2), batch=False,
           reference=lambda x, start, shape: x[1:, :2]),
    sample("slice_update", floats(2, 3), (1, 0), floats(1, 2), reference=write,
           batch=False),
]  # fmt: skip
