"""Linear algebra, by the names of `keras.ops.linalg`."""

from kerasish.ops.decompositions import eig, lu_factor, qr
from kerasish.ops.factorization import cholesky, eigh, svd
from kerasish.ops.forward import jvp
from kerasish.ops.norms import matrix_rank, norm
from kerasish.ops.solving import (
    cholesky_inverse,
    det,
    inv,
    lstsq,
    pinv,
    solve,
    solve_triangular,
)

__all__ = [
    "cholesky",
    "cholesky_inverse",
    "det",
    "eig",
    "eigh",
    "inv",
    "jvp",
    "lstsq",
    "lu_factor",
    "matrix_rank",
    "norm",
    "pinv",
    "qr",
    "solve",
    "solve_triangular",
    "svd",
]
