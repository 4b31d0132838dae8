"""Samples of `kerasish.ops.norms`."""

import numpy as np
import scipy.spatial

from tests.kerasish.ops.sampling import floats, given, sample, separated

D = {"dtypes": ("float64", "float32"), "loose": 20}
INF = np.inf


def norm(x, ord, axis, keepdims=False):
    return np.linalg.norm(x, ord, axis, keepdims)


SAMPLES = [
    sample("norm", floats(2, 3), reference=np.linalg.norm, **D),
    sample("norm", floats(2, 3), keepdims=True, reference=np.linalg.norm, **D),
    *[sample("norm", separated(2, 3), order, 1, reference=norm, **D)
      for order in (1, 2, 3, INF, -INF)],
    sample("norm", floats(2, 3), 0, 1, reference=norm, gradient=False, **D),
    *[sample("norm", separated(3, 2), order, (0, 1), keepdims=True, reference=norm,
             batch=False, **D)
      for order in ("fro", "nuc", 1, -1, 2, -2, INF, -INF)],
    sample("norm", separated(2, 3, 2), 1, (2, 0), reference=norm, **D),
    sample("norm", separated(2, 3, 2), "nuc", (2, 1), reference=norm, **D),
    sample("matrix_rank", given([[1, 2], [2, 4], [0, 0]]), gradient=False,
           reference=np.linalg.matrix_rank, dtypes=("float64", "float32")),
    sample("matrix_rank", given([[5, 0], [0, 1]]), 2, gradient=False,
           reference=lambda x, tol: 1, dtypes=("float64",)),
    sample("cdist", floats(2, 3), floats(4, 3), reference=scipy.spatial.distance.cdist,
           batch=False, **D),
]  # fmt: skip
