"""Determinants, inverses and solutions of linear systems."""

from typing import Any

from kerasish.autodiff import TensorSpec, defvjp, op, primitive, promote_float
from kerasish.backends import current
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.ops import specs
from kerasish.ops.arithmetic import multiply, negative, subtract
from kerasish.ops.broadcasting import unbroadcast
from kerasish.ops.conversion import converted
from kerasish.ops.creation import eye
from kerasish.ops.diagonals import tril, triu
from kerasish.ops.movement import expand_dims, squeeze, swapaxes
from kerasish.ops.products import matmul

__all__ = [
    "cholesky_inverse",
    "det",
    "inv",
    "logdet",
    "lstsq",
    "pinv",
    "slogdet",
    "solve",
    "solve_triangular",
]


def _whole_floats(*dtypes: Any) -> tuple[str, ...]:
    """Operands get their common float dtype, single precision at least."""
    common = promote_float(*dtypes)[0]
    return ("float32" if "16" in common else common,) * len(dtypes)


def _check_square(x: Any, name: str) -> None:
    """Raises a `ShapeError` unless `x` holds square matrices."""
    shape = tuple(x.shape)
    if len(shape) < 2 or (None not in shape[-2:] and shape[-1] != shape[-2]):
        raise ShapeError(f"`{name}` needs square matrices. Received: shape={shape}")


def _decomposed(name: str, function: Any, *args: Any, **kwargs: Any) -> Any:
    """Calls a function of linear algebra; its failure becomes an `ArgumentError`."""
    try:
        return function(*args, **kwargs)
    except Exception as error:
        if type(error).__name__ != "LinAlgError":
            raise
        shape = tuple(args[0].shape)
        raise ArgumentError(
            f"`{name}` failed for the given matrix of shape {shape}: {error}."
        ) from error


def _transposed(x: Any) -> Any:
    """Exchanges the last two axes."""
    return swapaxes(x, -1, -2)


def _square_spec(name: str) -> Any:
    def rule(x: TensorSpec) -> TensorSpec:
        _check_square(x, name)
        return x

    return rule


@primitive(spec=_square_spec("inv"), cast=_whole_floats)
def inv(x: Any) -> Any:
    """Inverts square matrices.

    Args:
        x: Tensor `(..., n, n)`.

    Returns:
        Tensor like `x`.

    Raises:
        ShapeError: If the matrices are not square.
        ArgumentError: If a matrix cannot be inverted.

    Example:
        >>> inv([[2.0, 0.0], [0.0, 4.0]]).tolist()
        [[0.5, 0.0], [0.0, 0.25]]
    """
    _check_square(x, "inv")
    return _decomposed("inv", current().xp.linalg.inv, x)


# d(x^-1) = -x^-1 dx x^-1
defvjp(
    inv,
    lambda g, y, x: negative(matmul(_transposed(y), matmul(g, _transposed(y)))),
)


def _det_spec(x: TensorSpec) -> TensorSpec:
    _check_square(x, "det")
    return TensorSpec(x.shape[:-2], x.dtype)


@primitive(spec=_det_spec, cast=_whole_floats)
def det(x: Any) -> Any:
    """Returns the determinants of square matrices.

    Args:
        x: Tensor `(..., n, n)`.

    Returns:
        Tensor `(...,)`. Its derivative needs an invertible matrix.

    Raises:
        ShapeError: If the matrices are not square.

    Example:
        >>> round(det([[1.0, 2.0], [3.0, 4.0]]).item(), 4)
        -2.0
    """
    _check_square(x, "det")
    xp = current().xp
    return xp.asarray(xp.linalg.det(x))


def _wide(g: Any) -> Any:
    return expand_dims(expand_dims(g, -1), -1)


# d det(x) = det(x) tr(x^-1 dx)
defvjp(det, lambda g, y, x: multiply(_wide(multiply(g, y)), _transposed(inv(x))))


def _slogdet_spec(x: TensorSpec) -> tuple[TensorSpec, TensorSpec]:
    _check_square(x, "slogdet")
    made = TensorSpec(x.shape[:-2], x.dtype)
    return made, made


@primitive(spec=_slogdet_spec, cast=_whole_floats)
def slogdet(x: Any) -> Any:
    """Returns the sign of the determinants and the logarithm of their size.

    Args:
        x: Tensor `(..., n, n)`.

    Returns:
        Tuple `(sign, logarithm)` of tensors `(...,)`.

    Raises:
        ShapeError: If the matrices are not square.

    Example:
        >>> sign, log = slogdet([[2.0, 0.0], [0.0, -3.0]])
        >>> sign.item(), round(log.item(), 4)
        (-1.0, 1.7918)
    """
    _check_square(x, "slogdet")
    xp = current().xp
    sign, log = xp.linalg.slogdet(x)
    return xp.asarray(sign), xp.asarray(log)


defvjp(slogdet, lambda g, y, x: multiply(_wide(g[1]), _transposed(inv(x))))


@op
def logdet(x: Any) -> Any:
    """Returns the logarithm of the determinants of positive definite matrices.

    Args:
        x: Tensor `(..., n, n)`.

    Returns:
        Tensor `(...,)`.

    Example:
        >>> round(logdet([[2.0, 0.0], [0.0, 3.0]]).item(), 4)
        1.7918
    """
    return slogdet(x)[1]


def _solve_spec(a: TensorSpec, b: TensorSpec) -> TensorSpec:
    _check_square(a, "solve")
    rows = (a.shape[-1], b.shape[-2] if len(b.shape) > 1 else -1)
    if None not in rows and rows[0] != rows[1]:
        raise ShapeError(
            "`solve` needs as many rows in `b` as in `a`. "
            f"Received shapes: {tuple(a.shape)}, {tuple(b.shape)}"
        )
    batch = specs.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    return TensorSpec((*batch, *b.shape[-2:]), b.dtype)


@primitive(spec=_solve_spec, cast=_whole_floats)
def _solve(a: Any, b: Any) -> Any:
    _solve_spec(a, b)
    return _decomposed("solve", current().xp.linalg.solve, a, b)


def _solve_left(g: Any, y: Any, a: Any, b: Any) -> Any:
    back = _solve(_transposed(a), g)
    return unbroadcast(negative(matmul(back, _transposed(y))), a)


defvjp(
    _solve,
    _solve_left,
    lambda g, y, a, b: unbroadcast(_solve(_transposed(a), g), b),
)


@op
def solve(a: Any, b: Any) -> Any:
    """Solves `a @ x = b`.

    Args:
        a: Tensor `(..., n, n)`.
        b: Tensor `(..., n)` with an axis less than `a`, or `(..., n, m)`.

    Returns:
        Tensor like `b`.

    Raises:
        ShapeError: If the shapes do not fit.
        ArgumentError: If `a` cannot be inverted.

    Example:
        >>> solve([[2.0, 0.0], [0.0, 4.0]], [2.0, 4.0]).tolist()
        [1.0, 1.0]
    """
    a, b = converted(a), converted(b)
    if len(b.shape) == len(a.shape) - 1:
        return squeeze(_solve(a, expand_dims(b, -1)), -1)
    return _solve(a, b)


@op
def solve_triangular(a: Any, b: Any, lower: bool = False) -> Any:
    """Solves `a @ x = b` for triangular `a`; its other half is not read.

    Args:
        a: Tensor `(..., n, n)`.
        b: Tensor `(..., n)` with an axis less than `a`, or `(..., n, m)`.
        lower: Whether `a` is a lower triangle.

    Returns:
        Tensor like `b`.

    Example:
        >>> solve_triangular([[2.0, 9.0], [0.0, 4.0]], [2.0, 0.0]).tolist()
        [1.0, 0.0]
    """
    return solve(tril(a) if lower else triu(a), b)


@op
def cholesky_inverse(x: Any, upper: bool = False) -> Any:
    """Inverts a matrix that is given by its Cholesky factor.

    Args:
        x: Tensor `(..., n, n)` of triangles.
        upper: Whether they are upper triangles `u`, so that the matrix is `u^T u`.

    Returns:
        Tensor like `x`.

    Example:
        >>> cholesky_inverse([[2.0, 0.0], [0.0, 4.0]]).tolist()
        [[0.25, 0.0], [0.0, 0.0625]]
    """
    back = inv(triu(x) if upper else tril(x))
    if upper:
        return matmul(back, _transposed(back))
    return matmul(_transposed(back), back)


def _pinv_spec(x: TensorSpec, rcond: Any) -> TensorSpec:
    if len(x.shape) < 2:
        raise ShapeError(f"`pinv` needs matrices. Received: shape={tuple(x.shape)}")
    return TensorSpec((*x.shape[:-2], x.shape[-1], x.shape[-2]), x.dtype)


@primitive(spec=_pinv_spec, cast=_whole_floats)
def pinv(x: Any, rcond: Any = None) -> Any:
    """Returns the pseudo-inverse of matrices (Moore and Penrose).

    Args:
        x: Tensor `(..., m, n)`.
        rcond: Singular values below `rcond` times the largest count as zero.

    Returns:
        Tensor `(..., n, m)`; its derivative holds where the rank does not change.

    Example:
        >>> pinv([[2.0, 0.0], [0.0, 0.0]]).tolist()
        [[0.5, 0.0], [0.0, 0.0]]
    """
    _pinv_spec(x, rcond)
    return _decomposed("pinv", current().xp.linalg.pinv, x, rtol=rcond)


def _pinv_vjp(g: Any, y: Any, x: Any, rcond: Any) -> Any:
    # Golub, Pereyra, 1973: dp = -p dx p + p p' dx' (1 - x p) + (1 - p x) dx' p' p
    yt, gt = _transposed(y), _transposed(g)
    rows = subtract(eye(x.shape[-2], dtype=x.dtype), matmul(x, y))
    columns = subtract(eye(x.shape[-1], dtype=x.dtype), matmul(y, x))
    first = matmul(yt, matmul(g, yt))
    second = matmul(rows, matmul(gt, matmul(y, yt)))
    third = matmul(matmul(yt, y), matmul(gt, columns))
    return subtract(second + third, first)


defvjp(pinv, _pinv_vjp)


@op
def lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    """Returns the shortest `x` that makes `a @ x` come closest to `b`.

    Args:
        a: Tensor `(m, n)`.
        b: Tensor `(m,)` or `(m, k)`.
        rcond: Singular values below `rcond` times the largest count as zero.

    Returns:
        Tensor `(n,)` or `(n, k)`.

    Example:
        >>> x = lstsq([[1.0], [1.0]], [1.0, 3.0])
        >>> round(x.item(), 4)
        2.0
    """
    return matmul(pinv(a, rcond), b)
