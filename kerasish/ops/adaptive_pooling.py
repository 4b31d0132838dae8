"""Pooling to a given size: windows are cut so that as many come out.

Window `i` of `m` over `n` elements goes from `floor(i n / m)` to `ceil((i + 1) n / m)`.
A box is the product of its windows, so that one axis is pooled after the other.
"""

from typing import Any

import numpy as np

from kerasish.autodiff import op
from kerasish.core.dtypes import is_float_dtype
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.ops.conversion import cast, converted
from kerasish.ops.convolution import is_channels_first
from kerasish.ops.indexing import take
from kerasish.ops.movement import moveaxis
from kerasish.ops.products import matmul
from kerasish.ops.reductions import max as largest

__all__ = ["adaptive_average_pool", "adaptive_max_pool"]


@op
def adaptive_average_pool(
    inputs: Any, output_size: Any, data_format: str | None = None
) -> Any:
    """Takes the mean of windows cut so that a given number of them comes out.

    Args:
        inputs: Tensor `(batch, *spatial, channels)`, or channels first.
        output_size: How many along each spatial axis; a number for all.
        data_format: "channels_last" or "channels_first"; the default if None.

    Returns:
        Tensor `(batch, *output_size, channels)`, or channels first.

    Raises:
        ArgumentError: If `output_size` is not positive, or not one for each axis.

    Example:
        >>> adaptive_average_pool([[[1.0], [2.0], [3.0]]], 2).tolist()
        [[[1.5], [2.5]]]
    """
    x, sizes, start = _standard(inputs, output_size, data_format)
    x = x if is_float_dtype(x.dtype) else cast(x, "float32")
    dtype = x.dtype
    wide = cast(x, "float32") if dtype in ("float16", "bfloat16") else x
    for axis, m in enumerate(sizes, start):
        weights = _weights(wide.shape[axis] or 1, m)
        mixed = matmul(moveaxis(wide, axis, -1), cast(weights, wide.dtype))
        wide = moveaxis(mixed, -1, axis)
    return cast(wide, dtype)


@op
def adaptive_max_pool(
    inputs: Any, output_size: Any, data_format: str | None = None
) -> Any:
    """Takes the largest of windows cut so that a given number of them comes out.

    Args:
        inputs: Tensor `(batch, *spatial, channels)`, or channels first.
        output_size: How many along each spatial axis; a number for all.
        data_format: "channels_last" or "channels_first"; the default if None.

    Returns:
        Tensor `(batch, *output_size, channels)`, or channels first.

    Raises:
        ArgumentError: If `output_size` is not positive, or not one for each axis.

    Example:
        >>> adaptive_max_pool([[[1.0], [2.0], [3.0]]], 2).tolist()
        [[[2.0], [3.0]]]
    """
    x, sizes, start = _standard(inputs, output_size, data_format)
    for axis, m in enumerate(sizes, start):
        first, last = _edges(x.shape[axis] or 1, m)
        # Shorter windows repeat their last element, which is never a new largest.
        reach = np.arange(int((last - first).max()))
        places = np.minimum(first[:, None] + reach, last[:, None] - 1)
        x = largest(take(x, places.astype("int32"), axis=axis), axis=axis + 1)
    return x


def _edges(n: int, m: int) -> tuple[np.ndarray, np.ndarray]:
    i = np.arange(m)
    return i * n // m, -(-(i + 1) * n // m)


def _weights(n: int, m: int) -> np.ndarray:
    """Returns `(n, m)`: the share of each element in each window."""
    first, last = _edges(n, m)
    at = np.arange(n)[:, None]
    return np.where((first <= at) & (at < last), 1.0 / (last - first), 0.0)


def _standard(inputs: Any, output_size: Any, data_format: str | None) -> Any:
    x = converted(inputs)
    ndim = len(x.shape) - 2
    if ndim < 1:
        raise ShapeError(
            f"Pooling needs inputs of at least 3 axes. Received: {tuple(x.shape)}"
        )
    several = isinstance(output_size, list | tuple)
    sizes = tuple(output_size) if several else (output_size,) * ndim
    if len(sizes) != ndim or not all(isinstance(m, int) and m > 0 for m in sizes):
        raise ArgumentError(
            f"`output_size` must be a positive integer, or {ndim} of them. "
            f"Received: output_size={output_size}"
        )
    return x, sizes, 2 if is_channels_first(data_format) else 1
