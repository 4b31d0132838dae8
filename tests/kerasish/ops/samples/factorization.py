"""Samples of `kerasish.ops.factorization`."""

import numpy as np

from kerasish import ops
from tests.kerasish.ops.sampling import Recipe, floats, sample

D = {"dtypes": ("float64", "float32"), "loose": 100}


def definite(*shape):
    """Symmetric positive definite matrices of different eigenvalues."""

    def draw(rng, s):
        x = rng.uniform(-1, 1, s)
        return x @ np.swapaxes(x, -1, -2) / 4 + np.diag(np.arange(s[-1]) + 1.0)

    return Recipe(shape, draw)


def symmetric(x):
    return (x + np.swapaxes(x, -1, -2)) / 2 if isinstance(x, np.ndarray) else x


# Vectors are determined up to their sign: what does not depend on it is compared.
def cholesky_of_symmetric(x):
    return ops.cholesky((x + ops.swapaxes(x, -1, -2)) / 2)


def eigh_of_symmetric(x):
    values, vectors = ops.eigh((x + ops.swapaxes(x, -1, -2)) / 2)
    return values, vectors * vectors


def thin(x):
    u, s, vt = ops.svd(x, full_matrices=False)
    return u * u, s, vt * vt, ops.matmul(u, vt)


def full(x):
    u, s, vt = ops.svd(x)
    return ops.absolute(u), s, ops.absolute(vt)


# What does not depend on how the last columns are turned.
def spaces(x):
    u, s, vt = ops.svd(x)
    k = s.shape[-1]
    rest = ops.matmul(u[:, k:], ops.transpose(u[:, k:]))
    other = ops.matmul(ops.transpose(vt[k:]), vt[k:])
    return rest, s, other, ops.matmul(u[:, :k] * s, vt[:k])


def reference_spaces(x):
    m, n = x.shape
    left, right = x @ np.linalg.pinv(x), np.linalg.pinv(x) @ x
    s = np.linalg.svd(x, compute_uv=False)
    return np.eye(m) - left, s, np.eye(n) - right, x


def reference_eigh(x):
    values, vectors = np.linalg.eigh(symmetric(x))
    return values, vectors**2


def reference_thin(x):
    u, s, vt = np.linalg.svd(x, full_matrices=False)
    return u**2, s, vt**2, u @ vt


def reference_full(x):
    u, s, vt = np.linalg.svd(x)
    return np.abs(u), s, np.abs(vt)


def values(x, compute_uv):
    return np.linalg.svd(x, compute_uv=False)


SAMPLES = [
    sample(cholesky_of_symmetric, definite(2, 3, 3), reference=np.linalg.cholesky, **D),
    sample("cholesky", definite(3, 3), reference=np.linalg.cholesky,
           **D),
    sample("cholesky", definite(3, 3), upper=True, **D,
           reference=lambda x, upper: np.linalg.cholesky(x).T),
    sample("_cholesky", definite(2, 3, 3), reference=np.linalg.cholesky, **D,
           ),
    sample(eigh_of_symmetric, definite(2, 3, 3), reference=reference_eigh, **D),
    sample("eigh", definite(2, 3, 3), **D),
    *[sample(thin, floats(*s), reference=reference_thin, **D)
      for s in ((3, 3), (4, 2), (2, 4), (2, 2, 3))],
    sample(full, floats(2, 3), gradient=False, reference=reference_full, **D),
    *[sample(spaces, floats(*s), reference=reference_spaces, batch=False, **D)
      for s in ((4, 2), (2, 4), (3, 3))],
    sample("svd", floats(2, 3), gradient=False, **D),
    sample("svd", floats(3, 2), compute_uv=False, reference=values, **D),
    sample("_thin_svd", floats(3, 2), **D),
    sample("_full_svd", floats(3, 2), gradient=False, **D),
]  # fmt: skip
