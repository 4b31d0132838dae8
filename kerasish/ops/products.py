"""Products of matrices and tensors."""

import math
from typing import Any

from kerasish.autodiff import TensorSpec, defvjp, op, primitive
from kerasish.backends import current
from kerasish.core.dtypes import result_type
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.ops import specs
from kerasish.ops.arithmetic import multiply
from kerasish.ops.broadcasting import unbroadcast
from kerasish.ops.conversion import converted
from kerasish.ops.movement import reshape, swapaxes, transpose

__all__ = ["dot", "matmul", "outer", "tensordot"]


def _matmul_dtypes(a: Any, b: Any) -> tuple[str, ...]:
    common = result_type(a, b)
    if common == "int8":
        common = "int32"  # as Keras: products of bytes do not fit a byte
    return (common, common)


def _matmul_spec(a: TensorSpec, b: TensorSpec) -> TensorSpec:
    _check_inner(a.shape, b.shape)
    rows, columns = a.shape[-2:-1], b.shape[-1:] if len(b.shape) > 1 else ()
    batch = specs.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    return TensorSpec((*batch, *rows, *columns), a.dtype)


def _check_inner(a: Any, b: Any) -> None:
    if not a or not b:
        raise ShapeError(f"`matmul` takes no scalars. Received shapes: {a}, {b}")
    inner = b[-2] if len(b) > 1 else b[0]
    if a[-1] is not None and inner is not None and a[-1] != inner:
        raise ShapeError(
            "The last axis of `x1` and the last but one of `x2` must have the same "
            f"size in `matmul`. Received shapes: {tuple(a)}, {tuple(b)}"
        )


@primitive(spec=_matmul_spec, cast=_matmul_dtypes)
def matmul(x1: Any, x2: Any) -> Any:
    """Multiplies matrices, or stacks of them: `x1 @ x2`.

    Args:
        x1: Tensor `(..., n, k)`, or a vector `(k,)`.
        x2: Tensor `(..., k, m)`, or a vector `(k,)`.

    Returns:
        Tensor `(..., n, m)`, less an axis for each vector.

    Raises:
        ShapeError: If the inner sizes differ.

    Example:
        >>> matmul([[1, 2], [3, 4]], [1, 1]).tolist()
        [3, 7]
    """
    _check_inner(x1.shape, x2.shape)
    return current().matmul(x1, x2)


def _left_vjp(g: Any, y: Any, a: Any, b: Any) -> Any:
    if a.ndim == 1:
        g = reshape(g, (*g.shape[:-1], 1, *g.shape[-1:])) if b.ndim > 1 else g
    if b.ndim == 1:
        wide = multiply(reshape(g, (*g.shape, 1)), b)
        return unbroadcast(wide, a)
    return _summed(matmul(g, swapaxes(b, -1, -2)), a)


def _right_vjp(g: Any, y: Any, a: Any, b: Any) -> Any:
    if a.ndim == 1:
        if b.ndim == 1:
            return multiply(g, a)
        wide = multiply(
            reshape(g, (*g.shape[:-1], 1, g.shape[-1])), reshape(a, (-1, 1))
        )
        return unbroadcast(wide, b)
    if b.ndim == 1:
        return matmul(reshape(g, (-1,)), _rows(a))
    if b.ndim == 2:  # a weight: one product over all leading axes
        return matmul(transpose(_rows(a)), _rows(g))
    return _summed(matmul(swapaxes(a, -1, -2), g), b)


def _rows(x: Any) -> Any:
    """Returns one matrix; -1 is not told for rows of no elements."""
    size = x.shape[-1]
    return reshape(x, (-1 if size else math.prod(x.shape[:-1]), size))


def _summed(g: Any, x: Any) -> Any:
    if x.ndim == 1:
        g = reshape(g, (*g.shape[:-2], g.shape[-1])) if g.ndim > 1 else g
    return unbroadcast(g, x)


defvjp(matmul, _left_vjp, _right_vjp)


@op
def dot(x1: Any, x2: Any) -> Any:
    """Multiplies over the last axis of `x1` and the last but one of `x2`.

    Args:
        x1: Tensor.
        x2: Tensor.

    Returns:
        Tensor with the other axes of both; for a scalar the plain product.

    Example:
        >>> dot([1, 2], [3, 4]).item()
        11
    """
    x1, x2 = converted(x1), converted(x2)
    if not x1.shape or not x2.shape:
        return multiply(x1, x2)
    if len(x2.shape) <= 2:
        return matmul(x1, x2)
    return tensordot(x1, x2, axes=[[-1], [-2]])


@op
def tensordot(x1: Any, x2: Any, axes: Any = 2) -> Any:
    """Sums the products over pairs of axes.

    Args:
        x1: Tensor.
        x2: Tensor.
        axes: How many of the last axes of `x1` and the first of `x2`, or two lists of
            axes.

    Returns:
        Tensor with the other axes of `x1`, then those of `x2`.

    Raises:
        ShapeError: If the sizes of a pair differ.

    Example:
        >>> tensordot([[1, 2]], [[3], [4]], axes=1).tolist()
        [[11]]
    """
    x1, x2 = converted(x1), converted(x2)
    n1, n2 = len(x1.shape), len(x2.shape)
    if hasattr(axes, "__index__"):
        left, right = list(range(n1 - axes, n1)), list(range(axes))
    else:
        pair = [[a] if hasattr(a, "__index__") else list(a) for a in axes]
        if len(pair) != 2 or len(pair[0]) != len(pair[1]):
            raise ArgumentError(
                "`axes` of `tensordot` must be a number or two lists of one length. "
                f"Received: axes={axes}"
            )
        left = [specs.canonical_axis(a, n1, "axes") for a in pair[0]]
        right = [specs.canonical_axis(a, n2, "axes") for a in pair[1]]
    kept1 = [a for a in range(n1) if a not in left]
    kept2 = [a for a in range(n2) if a not in right]
    sizes = [x1.shape[a] for a in left]
    if sizes != [x2.shape[a] for a in right]:
        raise ShapeError(
            f"`tensordot` sums over axes {left} and {right}, whose sizes must agree. "
            f"Received shapes: {tuple(x1.shape)}, {tuple(x2.shape)}"
        )
    inner = math.prod(sizes)
    a = reshape(transpose(x1, (*kept1, *left)), (-1, inner))
    b = reshape(transpose(x2, (*right, *kept2)), (inner, -1))
    shape = [x1.shape[i] for i in kept1] + [x2.shape[i] for i in kept2]
    return reshape(matmul(a, b), tuple(-1 if n is None else n for n in shape))


@op
def outer(x1: Any, x2: Any) -> Any:
    """Multiplies every element of one tensor by every one of another.

    Args:
        x1: Tensor, taken flat.
        x2: Tensor, taken flat.

    Returns:
        Tensor `(size of x1, size of x2)`.

    Example:
        >>> outer([1, 2], [3, 4]).tolist()
        [[3, 4], [6, 8]]
    """
    return multiply(reshape(x1, (-1, 1)), reshape(x2, (1, -1)))
