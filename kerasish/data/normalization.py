"""Vectors scaled to length 1."""

from typing import Any

import numpy as np

from kerasish.core.errors import ArgumentError, ArgumentTypeError
from kerasish.data.columns import as_one_column

__all__ = ["normalize"]

Array = Any


def normalize(x: Any, axis: int = -1, order: float = 2) -> Array:
    """Divides the vectors along one axis by their length; vectors of length 0 stay.

    Args:
        x: Array-like of numbers.
        axis: Axis of the vectors.
        order: Order of the norm, a positive number or `np.inf`; 2 is Euclid's.

    Returns:
        A NumPy array of `x`'s shape; of dtype float64 where `x` holds whole numbers.

    Raises:
        TypeError: If `x` does not hold numbers, or `axis` or `order` is none.
        ValueError: If `axis` is out of range or `order` not positive.

    Example:
        >>> normalize([[3.0, 4.0], [0.0, 0.0]]).tolist()
        [[0.6, 0.8], [0.0, 0.0]]
    """
    array = as_one_column(x, "`x` of `normalize`")
    if isinstance(order, bool) or not isinstance(order, (int, float, np.number)):
        raise ArgumentTypeError(
            f"`order` of `normalize` must be a number. Received: order={order!r}"
        )
    if not order > 0:
        raise ArgumentError(
            f"`order` of `normalize` must be positive. Received: order={order!r}"
        )
    if isinstance(axis, bool) or not isinstance(axis, (int, np.integer)):
        raise ArgumentTypeError(
            f"`axis` of `normalize` must be an integer. Received: axis={axis!r}"
        )
    if not -array.ndim <= axis < array.ndim:
        raise ArgumentError(
            f"`axis` of `normalize` must be from {-array.ndim} to {array.ndim - 1} for "
            f"an array of shape {array.shape}. Received: axis={axis!r}"
        )
    dtype = array.dtype if array.dtype.kind == "f" else np.dtype("float64")
    # Half precision would overflow in the sum of squares.
    wide = array.astype(np.result_type(dtype, "float32"), copy=False)
    length = np.linalg.norm(wide, ord=order, axis=axis, keepdims=True)
    length[length == 0] = 1
    return (wide / length).astype(dtype, copy=False)
