"""Decompositions of matrices: QR, LU, eigenvalues."""

from typing import Any

from kerasish.autodiff import TensorSpec, defvjp, nondifferentiable, op, primitive
from kerasish.backends import current
from kerasish.core.dtypes import is_complex_dtype
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.ops.arithmetic import add, divide, negative, subtract
from kerasish.ops.comparison import equal
from kerasish.ops.complex_numbers import conj, real
from kerasish.ops.conversion import cast, converted
from kerasish.ops.creation import arange, eye, zeros_like
from kerasish.ops.diagonals import tril, triu
from kerasish.ops.movement import concatenate, expand_dims
from kerasish.ops.products import matmul
from kerasish.ops.selection import where
from kerasish.ops.solving import (
    _check_square,
    _decomposed,
    _transposed,
    _whole_floats,
    solve,
    solve_triangular,
)

__all__ = ["eig", "lu_factor", "qr"]


def _thin_spec(x: TensorSpec) -> tuple[TensorSpec, TensorSpec]:
    *batch, m, n = x.shape
    k = None if m is None or n is None else min(m, n)
    return TensorSpec((*batch, m, k), x.dtype), TensorSpec((*batch, k, n), x.dtype)


@primitive(spec=_thin_spec, cast=_whole_floats)
def _thin_qr(x: Any) -> Any:
    return _decomposed("qr", current().qr, x, "reduced")


def _thin_qr_vjp(g: Any, y: Any, x: Any) -> Any:
    # Walter and Lehmann, 2018, "Algorithmic differentiation of linear algebra
    # functions", section 3: the matrix has as many rows as columns, or more.
    q, r = y
    gq, gr = g
    m = subtract(matmul(r, _transposed(gr)), matmul(_transposed(gq), q))
    both = add(tril(m), _transposed(tril(m, -1)))
    total = add(gq, matmul(q, both))
    return _transposed(solve_triangular(r, _transposed(total)))


defvjp(_thin_qr, _thin_qr_vjp)


def _full_spec(x: TensorSpec) -> TensorSpec:
    *batch, m, _ = x.shape
    return TensorSpec((*batch, m, m), x.dtype)


@primitive(spec=_full_spec, cast=_whole_floats)
def _full_q(x: Any) -> Any:
    return _decomposed("qr", current().qr, x, "complete")[0]


nondifferentiable(_full_q, "its last columns are moved by `_complement`")


def _complement_spec(q: TensorSpec, full: TensorSpec) -> TensorSpec:
    *batch, m, k = q.shape
    rest = None if m is None or k is None else m - k
    return TensorSpec((*batch, m, rest), q.dtype)


@primitive(spec=_complement_spec)
def _complement(q: Any, full: Any) -> Any:
    """Returns the columns of `full` that are orthogonal to those of `q`.

    They move with `q` so as to stay orthogonal to it; how they turn among themselves
    is not determined, and taken to be not at all.
    """
    return full[..., q.shape[-1] :]


def _complement_vjp(g: Any, y: Any, q: Any, full: Any) -> Any:
    # y^T q = 0 and y^T dy = 0 give dy = -q dq^T y.
    return negative(matmul(y, matmul(_transposed(g), q)))


defvjp(_complement, _complement_vjp, None)


@op
def qr(x: Any, mode: str = "reduced") -> Any:
    """Decomposes into an orthogonal and an upper triangular matrix: `x = q @ r`.

    Args:
        x: Tensor `(..., m, n)`.
        mode: "reduced" for factors of `min(m, n)` columns and rows, or "complete".

    Returns:
        Tuple `(q, r)`. Derivatives need columns that are independent.

    Raises:
        ShapeError: If `x` holds no matrices.
        ArgumentError: If the mode is unknown.

    Example:
        >>> q, r = qr([[2.0, 0.0], [0.0, 3.0]])
        >>> abs(r).tolist()
        [[2.0, 0.0], [0.0, 3.0]]
    """
    x = converted(x)
    if mode not in ("reduced", "complete"):
        raise ArgumentError(
            f"`mode` of `qr` must be 'reduced' or 'complete'. Received: mode={mode!r}"
        )
    if len(x.shape) < 2:
        raise ShapeError(f"`qr` needs matrices. Received: shape={tuple(x.shape)}")
    m, n = x.shape[-2:]
    if m is not None and n is not None and m < n:
        # The first columns decide q; the others are written in terms of it.
        q, left = _thin_qr(x[..., :m])
        right = matmul(_transposed(q), cast(x[..., m:], q.dtype))
        return q, concatenate([left, right], axis=-1)
    q, r = _thin_qr(x)
    if mode == "complete" and m != n:
        below = _complement(q, _full_q(x))
        zeros = zeros_like(matmul(_transposed(below), cast(x, q.dtype)))
        return concatenate([q, below], -1), concatenate([r, zeros], -2)
    return q, r


def _lu_spec(x: TensorSpec) -> tuple[TensorSpec, TensorSpec, TensorSpec]:
    _check_square(x, "lu_factor")
    rows = TensorSpec(x.shape[:-1], "int32")
    return x, rows, rows


@primitive(spec=_lu_spec, cast=_whole_floats)
def _lu(x: Any) -> Any:
    _check_square(x, "lu_factor")
    return current().lu_factor(x)


def _lu_vjp(g: Any, y: Any, x: Any) -> Any:
    # x[order] = l u: below the diagonal l^-1 dx u^-1 is l^-1 dl, above it is du u^-1.
    lu, _, order = y
    upper = triu(lu)
    lower = add(tril(lu, -1), eye(lu.shape[-1], dtype=lu.dtype))
    inner = add(
        tril(matmul(_transposed(lower), tril(g[0], -1)), -1),
        triu(matmul(triu(g[0]), _transposed(upper))),
    )
    right = _transposed(solve(upper, _transposed(inner)))
    made = solve(_transposed(lower), right)
    places = equal(expand_dims(order, -1), arange(lu.shape[-1], dtype="int32"))
    return matmul(_transposed(cast(places, lu.dtype)), made)


defvjp(_lu, _lu_vjp)


@op
def lu_factor(x: Any) -> Any:
    """Factors square matrices into triangles, exchanging rows on the way.

    Args:
        x: Tensor `(..., n, n)`.

    Returns:
        Tuple of `(..., n, n)`, the upper triangle `u` and below it the lower triangle
        `l` without its diagonal of ones; and `(..., n)`, for each row the one that it
        was exchanged with. Derivatives need a matrix that can be inverted.

    Raises:
        ShapeError: If the matrices are not square.

    Example:
        >>> lu, pivots = lu_factor([[0.0, 2.0], [4.0, 0.0]])
        >>> lu.tolist(), pivots.tolist()
        ([[4.0, 0.0], [0.0, 2.0]], [1, 1])
    """
    lu, pivots, _ = _lu(x)
    return lu, pivots


def _eig_spec(x: TensorSpec) -> tuple[TensorSpec, TensorSpec]:
    _check_square(x, "eig")
    name = "complex128" if x.dtype in ("float64", "complex128") else "complex64"
    return TensorSpec(x.shape[:-1], name), TensorSpec(x.shape, name)


@primitive(spec=_eig_spec, cast=_whole_floats)
def eig(x: Any) -> Any:
    """Returns eigenvalues and eigenvectors of square matrices, which are complex.

    Args:
        x: Tensor `(..., n, n)`.

    Returns:
        Tuple of eigenvalues `(..., n)` and matrices whose columns are eigenvectors of
        length one. Derivatives need eigenvalues that differ, and a loss that does not
        depend on the eigenvectors' complex signs.

    Raises:
        ShapeError: If the matrices are not square.

    Example:
        >>> values, vectors = eig([[2.0, 0.0], [1.0, 3.0]])
        >>> sorted(real(values).tolist())
        [2.0, 3.0]
    """
    _check_square(x, "eig")
    return _decomposed("eig", current().eig, x)


def _eig_vjp(g: Any, y: Any, x: Any) -> Any:
    # With p = v^-1 dx v: dw = diag p and dv = v (q - diag(v^H v q)), where q holds
    # p_ij / (w_j - w_i) off the diagonal, so that lengths stay one. Transposed:
    values, vectors = y
    across = _transposed(vectors)
    back = matmul(across, g[1])
    ones = eye(values.shape[-1], dtype="bool")
    along = where(ones, back, 0.0)
    turned = subtract(back, matmul(matmul(across, conj(vectors)), along))
    difference = subtract(expand_dims(values, -2), expand_dims(values, -1))
    moved = where(ones, 0.0, divide(turned, where(ones, 1.0, difference)))
    inner = add(moved, where(ones, expand_dims(g[0], -1), 0.0))
    made = solve(across, matmul(inner, across))
    return made if is_complex_dtype(x.dtype) else cast(real(made), x.dtype)


defvjp(eig, _eig_vjp)
