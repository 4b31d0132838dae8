"""Samples of `kerasish.ops.solving`."""

import numpy as np
import scipy.linalg

from tests.kerasish.ops.sampling import Recipe, floats, sample

D = {"dtypes": ("float64", "float32"), "loose": 100}
B = {**D, "batch": False}


def square(*shape):
    """Matrices far from singular."""
    return Recipe(
        shape, lambda rng, s: rng.uniform(-1, 1, s) + 3 * np.eye(s[-1], s[-2]).T
    )


def triangular(a, b, lower=False):
    return scipy.linalg.solve_triangular(a, b, lower=lower)


def from_factor(x, upper=False):
    x = np.triu(x) if upper else np.tril(x)
    return np.linalg.inv(x.T @ x if upper else x @ x.T)


SAMPLES = [
    sample("det", square(2, 3, 3), reference=np.linalg.det, **D),
    sample("slogdet", square(2, 3, 3), reference=np.linalg.slogdet, **D),
    sample("logdet", square(2, 3, 3), reference=lambda x: np.linalg.slogdet(x)[1], **D),
    sample("inv", square(2, 3, 3), reference=np.linalg.inv, **D),
    sample("solve", square(3, 3), floats(3), reference=np.linalg.solve, **B),
    sample("solve", square(2, 3, 3), floats(2, 3, 2), reference=np.linalg.solve, **B),
    sample("_solve", square(3, 3), floats(3, 2), reference=np.linalg.solve, **B),
    sample("solve_triangular", square(3, 3), floats(3), reference=triangular, **B),
    sample(
        "solve_triangular",
        square(3, 3),
        floats(3, 2),
        lower=True,
        reference=triangular,
        **B,
    ),
    sample("cholesky_inverse", square(3, 3), reference=from_factor, **B),
    sample("cholesky_inverse", square(3, 3), upper=True, reference=from_factor, **B),
    sample("pinv", square(2, 3, 3), reference=np.linalg.pinv, **D),
    sample("pinv", square(3, 2), reference=np.linalg.pinv, **B),
    sample("pinv", square(2, 3), reference=np.linalg.pinv, **B),
    sample(
        "lstsq",
        square(3, 2),
        floats(3),
        reference=lambda a, b: np.linalg.lstsq(a, b, rcond=None)[0],
        **B,
    ),
]
