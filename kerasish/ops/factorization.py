"""Factorizations of matrices, with their derivatives."""

from typing import Any

from kerasish.autodiff import TensorSpec, defvjp, nondifferentiable, op, primitive
from kerasish.backends import current
from kerasish.core.errors import ShapeError
from kerasish.ops.arithmetic import add, divide, multiply, subtract
from kerasish.ops.conversion import converted
from kerasish.ops.creation import eye
from kerasish.ops.decompositions import _complement
from kerasish.ops.diagonals import tril
from kerasish.ops.movement import concatenate, expand_dims
from kerasish.ops.products import matmul
from kerasish.ops.selection import where
from kerasish.ops.solving import (
    _check_square,
    _decomposed,
    _transposed,
    _whole_floats,
    inv,
)

__all__ = ["cholesky", "eigh", "svd"]


def _cholesky_spec(x: TensorSpec) -> TensorSpec:
    _check_square(x, "cholesky")
    return x


def _symmetric(x: Any) -> Any:
    # Half a matrix would do; so rounding errors and derivatives are symmetric too.
    return (x + current().xp.matrix_transpose(x)) / 2


@primitive(spec=_cholesky_spec, cast=_whole_floats)
def _cholesky(x: Any) -> Any:
    _check_square(x, "cholesky")
    return _decomposed("cholesky", current().xp.linalg.cholesky, _symmetric(x))


def _cholesky_vjp(g: Any, y: Any, x: Any) -> Any:
    # Murray, 2016, "Differentiation of the Cholesky decomposition", equation 10.
    back = inv(y)
    lower = tril(matmul(_transposed(y), g))
    both = add(lower, _transposed(tril(lower, -1)))
    made = matmul(_transposed(back), matmul(both, back))
    return multiply(made, 0.5)


@op
def cholesky(x: Any, upper: bool = False) -> Any:
    """Returns the triangle whose product with its transpose is a matrix.

    Args:
        x: Tensor `(..., n, n)` of symmetric positive definite matrices.
        upper: Whether to return the upper triangle `u` of `u^T u`, not the lower one
            of `l l^T`.

    Returns:
        Tensor like `x`.

    Raises:
        ShapeError: If the matrices are not square.
        ArgumentError: If a matrix is not positive definite.

    Example:
        >>> cholesky([[4.0, 0.0], [0.0, 9.0]]).tolist()
        [[2.0, 0.0], [0.0, 3.0]]
    """
    made = _cholesky(x)
    return _transposed(made) if upper else made


def _eigh_spec(x: TensorSpec) -> tuple[TensorSpec, TensorSpec]:
    _check_square(x, "eigh")
    return TensorSpec(x.shape[:-1], x.dtype), x


@primitive(spec=_eigh_spec, cast=_whole_floats)
def eigh(x: Any) -> Any:
    """Returns eigenvalues and eigenvectors of symmetric matrices.

    Args:
        x: Tensor `(..., n, n)` of symmetric matrices.

    Returns:
        Tuple of eigenvalues `(..., n)` in rising order and matrices whose columns are
        eigenvectors. Derivatives need eigenvalues that differ.

    Raises:
        ShapeError: If the matrices are not square.

    Example:
        >>> values, vectors = eigh([[2.0, 0.0], [0.0, 1.0]])
        >>> values.tolist()
        [1.0, 2.0]
    """
    _check_square(x, "eigh")
    values, vectors = _decomposed("eigh", current().xp.linalg.eigh, _symmetric(x))
    return values, vectors


def _gaps(values: Any) -> Any:
    """Returns 1 / (values_j - values_i), and 0 where i = j."""
    difference = subtract(expand_dims(values, -2), expand_dims(values, -1))
    same = eye(values.shape[-1], dtype=values.dtype) > 0  # type: ignore[operator]
    return where(same, 0.0, divide(1.0, where(same, 1.0, difference)))


def _diagonal_matrix(values: Any) -> Any:
    return multiply(expand_dims(values, -1), eye(values.shape[-1], dtype=values.dtype))


def _eigh_vjp(g: Any, y: Any, x: Any) -> Any:
    # Giles, 2008, "Collected matrix derivative results", section 3.1.
    values, vectors = y
    inner = multiply(_gaps(values), matmul(_transposed(vectors), g[1]))
    middle = add(_diagonal_matrix(g[0]), inner)
    made = matmul(vectors, matmul(middle, _transposed(vectors)))
    return multiply(add(made, _transposed(made)), 0.5)


defvjp(_cholesky, _cholesky_vjp)
defvjp(eigh, _eigh_vjp)


def _svd_spec(x: TensorSpec) -> tuple[TensorSpec, ...]:
    if len(x.shape) < 2:
        raise ShapeError(f"`svd` needs matrices. Received: shape={tuple(x.shape)}")
    *batch, m, n = x.shape
    k = None if m is None or n is None else min(m, n)
    return (
        TensorSpec((*batch, m, k), x.dtype),
        TensorSpec((*batch, k), x.dtype),
        TensorSpec((*batch, k, n), x.dtype),
    )


@primitive(spec=_svd_spec, cast=_whole_floats)
def _thin_svd(x: Any) -> Any:
    _svd_spec(x)
    return tuple(_decomposed("svd", current().xp.linalg.svd, x, full_matrices=False))


def _thin_svd_vjp(g: Any, y: Any, x: Any) -> Any:
    # Townsend, 2016, "Differentiating the singular value decomposition".
    u, s, vt = y
    gu, gs, gvt = g
    v, gv = _transposed(vt), _transposed(gvt)
    row = expand_dims(s, -2)
    gaps = _gaps(multiply(s, s))
    a = multiply(gaps, _skew(matmul(_transposed(u), gu)))
    b = multiply(gaps, _skew(matmul(_transposed(v), gv)))
    scaled = multiply(a, row)
    middle = add(scaled, multiply(expand_dims(s, -1), b))
    made = matmul(u, matmul(add(middle, _diagonal_matrix(gs)), vt))
    outside_u = subtract(gu, matmul(u, matmul(_transposed(u), gu)))
    outside_v = subtract(gv, matmul(v, matmul(_transposed(v), gv)))
    made = add(made, matmul(divide(outside_u, row), vt))
    return add(made, matmul(u, _transposed(divide(outside_v, row))))


def _skew(x: Any) -> Any:
    return subtract(x, _transposed(x))


defvjp(_thin_svd, _thin_svd_vjp)


def _sides_spec(x: TensorSpec) -> tuple[TensorSpec, TensorSpec]:
    *batch, m, n = x.shape
    return TensorSpec((*batch, m, m), x.dtype), TensorSpec((*batch, n, n), x.dtype)


@primitive(spec=_sides_spec, cast=_whole_floats)
def _full_svd(x: Any) -> Any:
    u, _, vt = _decomposed("svd", current().xp.linalg.svd, x, full_matrices=True)
    return u, vt


nondifferentiable(_full_svd, "its last columns are moved by `_complement`")


@op
def svd(x: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    """Returns singular values and vectors: `x = u @ diag(s) @ vt`.

    Args:
        x: Tensor `(..., m, n)`.
        full_matrices: Whether `u` and `vt` are square.
        compute_uv: Whether to return the vectors.

    Returns:
        Tuple `(u, s, vt)`, or `s` alone: `(..., min(m, n))` in falling order.
        Derivatives of vectors need singular values that differ, none of them zero.

    Raises:
        ShapeError: If `x` holds no matrices.

    Example:
        >>> svd([[0.0, 2.0], [1.0, 0.0]], compute_uv=False).tolist()
        [2.0, 1.0]
    """
    x = converted(x)
    u, s, vt = _thin_svd(x)
    if not compute_uv:
        return s
    m, n = x.shape[-2:]
    if full_matrices and m != n:
        left, right = _full_svd(x)
        if n is None or (m is not None and m > n):
            u = concatenate([u, _complement(u, left)], axis=-1)
        else:
            v = _transposed(vt)
            rest = _complement(v, _transposed(right))
            vt = _transposed(concatenate([v, rest], axis=-1))
    return u, s, vt
