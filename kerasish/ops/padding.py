"""Padding: adding elements around a tensor."""

from typing import Any

import numpy as np

from kerasish.autodiff import op
from kerasish.autodiff.casting import as_tensor
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.ops.conversion import converted
from kerasish.ops.indexing import take
from kerasish.ops.movement import pad_axis, reshape
from kerasish.ops.selection import where

__all__ = ["pad"]

MODES = ("constant", "reflect", "symmetric", "edge")


@op
def pad(
    x: Any, pad_width: Any, mode: str = "constant", constant_values: Any = None
) -> Any:
    """Adds elements around a tensor.

    Args:
        x: Tensor.
        pad_width: `(before, after)` for each axis, or one pair or number for all.
        mode: "constant", "reflect", "symmetric" or "edge".
        constant_values: The value that "constant" adds, 0 by default.

    Returns:
        Tensor.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> pad([1, 2, 3], 1, mode="reflect").tolist()
        [2, 1, 2, 3, 2]
    """
    if mode not in MODES:
        raise ArgumentError(
            f"`mode` of `pad` must be one of {MODES}. Received: mode={mode!r}"
        )
    if constant_values is not None and mode != "constant":
        raise ArgumentError(
            "`constant_values` goes with mode='constant'. "
            f"Received: mode={mode!r}, constant_values={constant_values!r}"
        )
    x = converted(x)
    for axis, (before, after) in enumerate(_widths(pad_width, len(x.shape))):
        if before or after:
            x = _padded(x, axis, before, after, mode, constant_values)
    return x


def _widths(pad_width: Any, ndim: int) -> list[tuple[int, int]]:
    if hasattr(pad_width, "__index__"):
        return [(int(pad_width),) * 2] * ndim
    rows = [tuple(p) if isinstance(p, list | tuple) else p for p in pad_width]
    if len(rows) == 2 and all(hasattr(p, "__index__") for p in rows):
        rows = [tuple(rows)] * ndim
    if len(rows) == 1:
        rows = rows * ndim
    if len(rows) != ndim:
        raise ShapeError(
            f"`pad_width` must have a pair for each of {ndim} axes. "
            f"Received: pad_width={pad_width}"
        )
    return [(p[0], p[-1]) for p in rows]


def _padded(x: Any, axis: int, before: int, after: int, mode: str, value: Any) -> Any:
    size = x.shape[axis]
    if mode == "constant":
        grown = pad_axis(x, axis=axis, before=before, after=after)
        if value is None or size is None:
            return grown
        inside = np.zeros(size + before + after, bool)
        inside[before : before + size] = True
        shape = [1] * len(x.shape)
        shape[axis] = -1
        return where(
            reshape(as_tensor(inside), tuple(shape)), grown, as_tensor(value, x.dtype)
        )
    if mode == "reflect" and max(before, after) >= size:
        raise ArgumentError(
            f"mode='reflect' adds fewer than {size} elements to axis {axis}. "
            f"Received: {(before, after)}"
        )
    places = np.pad(np.arange(size), (before, after), mode=mode)  # type: ignore[call-overload]
    return take(x, as_tensor(places, "int32"), axis=axis)
