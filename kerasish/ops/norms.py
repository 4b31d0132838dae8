"""Norms of vectors and matrices, ranks, distances."""

import math
from typing import Any

from kerasish.autodiff import TensorSpec, nondifferentiable, op, primitive
from kerasish.backends import current
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.ops import specs
from kerasish.ops.arithmetic import multiply, subtract
from kerasish.ops.comparison import not_equal
from kerasish.ops.conversion import cast, converted
from kerasish.ops.exponentials import sqrt
from kerasish.ops.extremes import power
from kerasish.ops.factorization import svd
from kerasish.ops.movement import expand_dims, moveaxis, ravel
from kerasish.ops.reductions import max as max_over
from kerasish.ops.reductions import min as min_over
from kerasish.ops.reductions import sum as sum_over
from kerasish.ops.rounding import absolute
from kerasish.ops.selection import where
from kerasish.ops.solving import _whole_floats

__all__ = ["cdist", "matrix_rank", "norm"]

MATRIX = ("fro", "nuc", 1, -1, 2, -2, math.inf, -math.inf)


@op
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """Returns the norms of vectors or matrices.

    The derivative of the Euclidean norm of a zero vector is taken as zero.

    Args:
        x: Tensor.
        ord: For vectors a number, `inf` or `-inf`, 2 by default; for matrices "fro"
            (the default), "nuc", 1, -1, 2, -2, `inf` or `-inf`.
        axis: Axis of the vectors, or the two axes of the matrices; by default `x` is
            one vector or matrix, or with `ord=None` taken flat.
        keepdims: Whether the axes stay, with size 1.

    Returns:
        Tensor.

    Raises:
        ArgumentError: If `ord` is unknown, or there are more axes than two.

    Example:
        >>> norm([3.0, 4.0]).item()
        5.0
    """
    x = converted(x)
    x = cast(x, _whole_floats(x.dtype)[0] if "16" not in x.dtype else x.dtype)
    ndim = len(x.shape)
    if axis is None and ord is None:
        made = _euclidean(ravel(x), (0,), False)
        for _ in range(ndim if keepdims else 0):
            made = expand_dims(made, 0)
        return made
    if axis is None or isinstance(axis, list | tuple):
        axes = [
            specs.canonical_axis(a, ndim)
            for a in (range(ndim) if axis is None else axis)
        ]
    else:
        axes = [specs.canonical_axis(axis, ndim)]
    if len(axes) == 1:
        return _vector_norm(x, 2 if ord is None else ord, (axes[0],), keepdims)
    if len(axes) != 2 or axes[0] == axes[1]:
        raise ArgumentError(
            f"`norm` takes one axis or two. Received: axis={axis}, "
            f"shape={tuple(x.shape)}"
        )
    return _matrix_norm(x, ord, axes, keepdims)


def _euclidean(x: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    squares = sum_over(multiply(x, x), axis=axes, keepdims=keepdims)
    nothing = squares == 0
    return where(nothing, 0.0, sqrt(where(nothing, 1.0, squares)))


def _vector_norm(x: Any, ord: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    if isinstance(ord, str):
        raise ArgumentError(f"`ord` of vectors must be a number. Received: ord={ord!r}")
    if ord == 2:
        return _euclidean(x, axes, keepdims)
    size = absolute(x)
    if ord == math.inf:
        return max_over(size, axis=axes, keepdims=keepdims)
    if ord == -math.inf:
        return min_over(size, axis=axes, keepdims=keepdims)
    if ord == 0:
        return sum_over(cast(not_equal(x, 0), x.dtype), axis=axes, keepdims=keepdims)
    if ord == 1:
        return sum_over(size, axis=axes, keepdims=keepdims)
    total = sum_over(power(size, ord), axis=axes, keepdims=keepdims)
    return power(total, 1.0 / ord)


def _matrix_norm(x: Any, ord: Any, axes: list[int], keepdims: bool) -> Any:
    if ord is not None and ord not in MATRIX:
        raise ArgumentError(
            f"`ord` of matrices must be one of {MATRIX}. Received: ord={ord!r}"
        )
    if ord in (None, "fro"):
        return _euclidean(x, tuple(axes), keepdims)
    if ord in ("nuc", 2, -2):
        values = svd(moveaxis(x, axes, (-2, -1)), compute_uv=False)
        made = {"nuc": sum_over, 2: max_over, -2: min_over}[ord](values, axis=-1)  # type: ignore[operator]
    else:
        rows = axes[0] if abs(ord) == 1 else axes[1]
        other = axes[1] if abs(ord) == 1 else axes[0]
        sums = sum_over(absolute(x), axis=rows, keepdims=True)
        extreme = max_over if ord > 0 else min_over
        made = extreme(sums, axis=other, keepdims=True)
        return made if keepdims else sum_over(made, axis=tuple(axes))
    for axis in sorted(axes) if keepdims else ():
        made = expand_dims(made, axis)
    return made


def _rank_spec(x: TensorSpec, tol: Any) -> TensorSpec:
    if len(x.shape) < 2:
        raise ShapeError(
            f"`matrix_rank` needs matrices. Received: shape={tuple(x.shape)}"
        )
    return TensorSpec(x.shape[:-2], "int32")


@primitive(spec=_rank_spec, cast=_whole_floats)
def matrix_rank(x: Any, tol: Any = None) -> Any:
    """Returns the ranks of matrices: how many singular values are not zero.

    Args:
        x: Tensor `(..., m, n)`.
        tol: Singular values up to `tol` count as zero; by default up to the largest
            times the larger size times the dtype's precision.

    Returns:
        Tensor `(...,)` of int32.

    Raises:
        ShapeError: If `x` holds no matrices.

    Example:
        >>> matrix_rank([[1.0, 2.0], [2.0, 4.0]]).item()
        1
    """
    _rank_spec(x, tol)
    backend = current()
    xp = backend.xp
    values = xp.linalg.svdvals(x)
    if tol is None:
        scale = max(x.shape[-2:]) * float(xp.finfo(x.dtype).eps)
        tol = xp.max(values, axis=-1, keepdims=True) * scale
    found = xp.sum(xp.astype(values > tol, xp.int32), axis=-1)
    return backend.cast(xp.asarray(found), "int32")


nondifferentiable(matrix_rank, "is a count")


@op
def cdist(x: Any, y: Any) -> Any:
    """Returns the Euclidean distances between two sets of vectors.

    Args:
        x: Tensor `(..., m, features)`.
        y: Tensor `(..., n, features)`.

    Returns:
        Tensor `(..., m, n)`.

    Example:
        >>> cdist([[0.0, 0.0]], [[3.0, 4.0], [0.0, 1.0]]).tolist()
        [[5.0, 1.0]]
    """
    apart = subtract(expand_dims(x, -2), expand_dims(y, -3))
    return norm(apart, axis=-1)
