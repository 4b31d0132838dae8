"""Samples of `kerasish.ops.decompositions`."""

import numpy as np
import scipy.linalg

from kerasish import ops
from tests.kerasish.ops.sampling import Recipe, floats, sample

D = {"dtypes": ("float64", "float32"), "loose": 100}


def far_from_singular(*shape):
    """Matrices whose rows are exchanged in one order, and eigenvalues differ."""

    def draw(rng, s):
        n = s[-1]
        shifted = np.roll(np.diag(np.arange(n) + 2.0), 1, axis=0)
        return shifted + rng.uniform(-0.3, 0.3, s)

    return Recipe(shape, draw)


def qr_reference(x, mode="reduced"):
    return list(np.linalg.qr(x, mode))


# What does not depend on how the last columns are turned; under the primitive's name,
# as its derivative holds only where its operands come from one matrix.
def _complement(x):
    q, _ = ops.qr(x, mode="complete")
    rest = q[:, x.shape[-1] :]
    return ops.matmul(rest, ops.transpose(rest))


def projection_reference(x):
    return np.eye(len(x)) - x @ np.linalg.pinv(x)


# What does not depend on the complex signs of the vectors, whose derivative is defined.
def eig(x):
    values, vectors = ops.eig(x)
    lengths = ops.real(vectors) ** 2 + ops.imag(vectors) ** 2
    ratio = vectors[..., 0, :] / vectors[..., 1, :]
    return ops.real(values), ops.imag(values), lengths, ops.real(ratio)


def eig_reference(x):
    values, vectors = np.linalg.eig(x)
    ratio = vectors[..., 0, :] / vectors[..., 1, :]
    return values.real, values.imag, np.abs(vectors) ** 2, ratio.real


def factors(x):
    return ops.lu_factor(x)[0]


def factors_reference(x):
    return np.stack([scipy.linalg.lu_factor(row)[0] for row in x])


SAMPLES = [
    *[
        sample("qr", floats(*shape), **mode, reference=qr_reference, **D)
        for shape in ((4, 2), (3, 3), (2, 4), (2, 3, 3))
        for mode in ({}, {"mode": "complete"})
        if shape != (4, 2) or not mode
    ],
    sample(
        "qr",
        floats(4, 2),
        mode="complete",
        reference=qr_reference,
        gradient=False,
        **D,
    ),
    sample(
        _complement,
        floats(4, 2),
        reference=projection_reference,
        batch=False,
        **D,
    ),
    sample("_thin_qr", floats(4, 2), **D),
    sample("_full_q", floats(4, 2), gradient=False, **D),
    sample("_complement", floats(3, 1), floats(3, 3), gradient=False, **D),
    sample("lu_factor", far_from_singular(3, 3), reference=scipy.linalg.lu_factor, **D),
    sample(factors, far_from_singular(2, 3, 3), reference=factors_reference, **D),
    sample("_lu", far_from_singular(3, 3), **D),
    sample(
        "eig", far_from_singular(3, 3), reference=np.linalg.eig, gradient=False, **D
    ),
    sample(eig, far_from_singular(2, 3, 3), reference=eig_reference, **D),
]
