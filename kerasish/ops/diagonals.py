"""Diagonals and triangles of matrices."""

from typing import Any

from kerasish.autodiff import op
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.ops import specs
from kerasish.ops.conversion import cast, converted
from kerasish.ops.creation import arange
from kerasish.ops.indexing import get_item, take
from kerasish.ops.movement import expand_dims, moveaxis, pad_axis, ravel, reshape
from kerasish.ops.reductions import sum as sum_over
from kerasish.ops.selection import where

__all__ = ["diag", "diagflat", "diagonal", "trace", "tril", "triu"]


@op
def diagonal(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Returns the diagonals of the matrices that two axes span.

    Args:
        x: Tensor of two axes or more.
        offset: Which diagonal, above the main one where positive.
        axis1: Axis of the rows.
        axis2: Axis of the columns.

    Returns:
        Tensor with the two axes replaced by the diagonal as last axis.

    Raises:
        ShapeError: If `x` has fewer than two axes, or the matrices' size is unknown.

    Example:
        >>> diagonal([[1, 2], [3, 4]]).tolist()
        [1, 4]
    """
    x = converted(x)
    ndim = len(x.shape)
    if ndim < 2:
        raise ShapeError(
            "`diagonal` needs a tensor of at least 2 axes. "
            f"Received: shape={tuple(x.shape)}"
        )
    pair = [specs.canonical_axis(a, ndim) for a in (axis1, axis2)]
    if pair[0] == pair[1]:
        raise ArgumentError(f"`axis1` and `axis2` must differ. Received: {axis1}")
    rows, columns = (x.shape[a] for a in pair)
    if columns is None:
        raise ShapeError(f"The columns' number must be known. Received: {x.shape}")
    down, right = max(-offset, 0), max(offset, 0)
    if rows is None:
        raise ShapeError(f"The rows' number must be known. Received: {x.shape}")
    count = max(min(rows - down, columns - right), 0)
    moved = moveaxis(x, pair, (-2, -1))
    flat = reshape(
        moved, (*(-1 if n is None else n for n in moved.shape[:-2]), rows * columns)
    )
    places = arange(count, dtype="int32") * (columns + 1) + down * columns + right
    return take(flat, places, axis=-1)


@op
def trace(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Sums the diagonals of the matrices that two axes span.

    Args:
        x: Tensor of two axes or more.
        offset: Which diagonal, above the main one where positive.
        axis1: Axis of the rows.
        axis2: Axis of the columns.

    Returns:
        Tensor without the two axes.

    Example:
        >>> trace([[1, 2], [3, 4]]).item()
        5
    """
    return sum_over(diagonal(x, offset, axis1, axis2), axis=-1)


def _filled_diagonal(x: Any, k: int) -> Any:
    # Each element followed by n zeros: cut to n * n elements and laid out in rows of
    # n, the elements stand one further right in each row.
    size = x.shape[0]
    if size is None:
        raise ShapeError(f"The vector's size must be known. Received: {x.shape}")
    wide = pad_axis(expand_dims(x, 1), axis=1, before=0, after=size)
    flat = get_item(reshape(wide, (-1,)), slice(0, size * size))
    square = reshape(flat, (size, size))
    above = pad_axis(square, axis=1, before=max(k, 0), after=max(-k, 0))
    return pad_axis(above, axis=0, before=max(-k, 0), after=max(k, 0))


@op
def diag(x: Any, k: int = 0) -> Any:
    """Returns the diagonal of a matrix, or the matrix with a diagonal.

    Args:
        x: Matrix, or vector.
        k: Which diagonal, above the main one where positive.

    Returns:
        For a matrix the vector of its diagonal, for a vector a square matrix.

    Raises:
        ShapeError: If `x` is neither.

    Example:
        >>> diag([1, 2]).tolist()
        [[1, 0], [0, 2]]
    """
    x = converted(x)
    if len(x.shape) == 1:
        return _filled_diagonal(x, k)
    if len(x.shape) == 2:
        return diagonal(x, k)
    raise ShapeError(
        f"`diag` needs a vector or a matrix. Received: shape={tuple(x.shape)}"
    )


@op
def diagflat(x: Any, k: int = 0) -> Any:
    """Returns the matrix whose diagonal is a tensor taken flat.

    Args:
        x: Tensor.
        k: Which diagonal, above the main one where positive.

    Example:
        >>> diagflat([[1], [2]]).tolist()
        [[1, 0], [0, 2]]
    """
    return _filled_diagonal(ravel(x), k)


def _triangle(x: Any, k: int, lower: bool) -> Any:
    x = converted(x)
    if len(x.shape) < 2:
        raise ShapeError(
            "Triangles are taken of tensors of at least 2 axes. "
            f"Received: shape={tuple(x.shape)}"
        )
    rows, columns = x.shape[-2:]
    if rows is None or columns is None:
        return x  # only reached while shapes are inferred
    down = expand_dims(arange(rows, dtype="int32"), 1) + k
    across = arange(columns, dtype="int32")
    inside = across <= down if lower else across >= down
    return where(inside, x, cast(0, x.dtype))


@op
def tril(x: Any, k: int = 0) -> Any:
    """Sets the elements above a diagonal to zero.

    Args:
        x: Tensor `(..., rows, columns)`.
        k: Which diagonal, above the main one where positive.

    Example:
        >>> tril([[1, 2], [3, 4]]).tolist()
        [[1, 0], [3, 4]]
    """
    return _triangle(x, k, lower=True)


@op
def triu(x: Any, k: int = 0) -> Any:
    """Sets the elements below a diagonal to zero.

    Args:
        x: Tensor `(..., rows, columns)`.
        k: Which diagonal, above the main one where positive.

    Example:
        >>> triu([[1, 2], [3, 4]]).tolist()
        [[1, 2], [0, 4]]
    """
    return _triangle(x, k, lower=False)
