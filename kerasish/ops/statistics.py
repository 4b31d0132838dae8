"""Correlation: of variables over observations, and of one signal with another."""

from typing import Any

from kerasish.autodiff import op
from kerasish.core.dtypes import is_complex_dtype, is_float_dtype, result_type
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.ops.arithmetic import divide, subtract
from kerasish.ops.conversion import cast, converted
from kerasish.ops.creation import arange, zeros
from kerasish.ops.extremes import clip
from kerasish.ops.indexing import take
from kerasish.ops.movement import concatenate, expand_dims, flip, reshape, transpose
from kerasish.ops.products import matmul
from kerasish.ops.reductions import mean, std

__all__ = ["corrcoef", "correlate"]


@op
def corrcoef(x: Any) -> Any:
    """Computes the correlation coefficients of the rows of a matrix.

    Args:
        x: Tensor of shape `(variables, observations)`, or flat.

    Returns:
        Tensor of shape `(variables, variables)` with numbers from -1 to 1; a scalar
        for a flat tensor; `nan` where a variable is constant.

    Raises:
        ShapeError: If `x` has more than two axes.

    Example:
        >>> corrcoef([[1.0, 2.0, 3.0], [6.0, 4.0, 2.0]]).numpy().round(3).tolist()
        [[1.0, -1.0], [-1.0, 1.0]]
    """
    x = converted(x)
    ndim = len(x.shape)
    if ndim not in (1, 2):
        raise ShapeError(
            f"`x` of `corrcoef` must have one or two axes. Received: shape={x.shape}"
        )
    rows = x if ndim == 2 else expand_dims(x, 0)
    away = subtract(rows, mean(rows, axis=1, keepdims=True))
    away = divide(away, std(rows, axis=1, keepdims=True))
    size = rows.shape[1] or 1
    made = clip(divide(matmul(away, transpose(away)), float(size)), -1.0, 1.0)
    return made if ndim == 2 else reshape(made, ())


@op
def correlate(x1: Any, x2: Any, mode: str = "valid") -> Any:
    """Computes the cross-correlation of two flat tensors.

    Args:
        x1: Flat tensor.
        x2: Flat tensor.
        mode: "valid" (where they overlap completely), "same" (as long as the longer
            one) or "full" (wherever they overlap).

    Returns:
        Flat tensor of a float dtype.

    Raises:
        ArgumentError: If `mode` is another.
        ShapeError: If a tensor is not flat.

    Example:
        >>> correlate([1.0, 2.0, 3.0], [0.0, 1.0], mode="full").tolist()
        [1.0, 2.0, 3.0, 0.0]
    """
    if mode not in ("valid", "same", "full"):
        raise ArgumentError(
            f"`mode` must be 'valid', 'same' or 'full'. Received: mode={mode!r}"
        )
    x1, x2 = converted(x1), converted(x2)
    for x in (x1, x2):
        if len(x.shape) != 1 or not x.shape[0]:
            raise ShapeError(
                "`correlate` needs flat tensors with elements of a known number. "
                f"Received shapes: {tuple(x1.shape)}, {tuple(x2.shape)}"
            )
    name = result_type(x1.dtype, x2.dtype)
    if not is_float_dtype(name) and not is_complex_dtype(name):
        name = result_type(name, float)
    x1, x2 = cast(x1, name), cast(x2, name)
    n, m = x1.shape[0], x2.shape[0]
    full = _slide(x1, x2, name) if n >= m else flip(_slide(x2, x1, name))
    long, short = max(n, m), min(n, m)
    length = {"full": n + m - 1, "same": long, "valid": long - short + 1}[mode]
    start = (n + m - 1 - length) // 2
    if mode == "same" and n < m and (n + m - 1 - length) % 2:
        start += 1
    return take(full, arange(start, start + length, dtype="int32"), axis=0)


def _slide(x: Any, window: Any, dtype: str) -> Any:
    """Returns the products of a window with every stretch of a longer tensor."""
    n, m = x.shape[0], window.shape[0]
    edge = zeros((m - 1,), dtype)
    padded = concatenate([edge, x, edge])
    starts = expand_dims(arange(n + m - 1, dtype="int32"), 1)
    stretches = take(padded, starts + arange(m, dtype="int32"), axis=0)
    return matmul(stretches, window)
