"""Sequences of different lengths made one array."""

import warnings
from typing import Any

import numpy as np

from kerasish.core.errors import (
    ArgumentError,
    ArgumentTypeError,
    DataWarning,
    DtypeError,
    ShapeError,
)
from kerasish.data.arguments import check_count

__all__ = ["pad_sequences"]

Array = Any
_SIDES = ("pre", "post")


def pad_sequences(
    sequences: Any,
    maxlen: int | None = None,
    dtype: Any = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: Any = 0.0,
) -> Array:
    """Pads and cuts sequences to one length.

    Args:
        sequences: List of sequences of numbers, vectors or text; the entries of all
            have one shape.
        maxlen: Length of the result, by default that of the longest sequence.
        dtype: Dtype of the result; `object` or a text dtype for text.
        padding: Where to put the filling, `"pre"` before or `"post"` after.
        truncating: Where to cut what is too long, `"pre"` at the start or `"post"`.
        value: What to fill with.

    Output shape:
        `(len(sequences), maxlen, ...)`.

    Returns:
        A NumPy array.

    Raises:
        TypeError: If an entry cannot be held by `dtype`.
        ValueError: If an argument is out of range, something is no sequence, or the
            entries differ in shape.

    Example:
        >>> pad_sequences([[1], [2, 3]], padding="post").tolist()
        [[1, 0], [2, 3]]
    """
    _check_side("padding", padding)
    _check_side("truncating", truncating)
    if not hasattr(sequences, "__len__"):
        raise ArgumentError(
            "`sequences` of `pad_sequences` must be a list of sequences. Received: "
            f"a {type(sequences).__name__}"
        )
    lengths = [_length(item, i) for i, item in enumerate(sequences)]
    if maxlen is None:
        maxlen = max(lengths, default=0)
    maxlen = check_count(maxlen, "maxlen", "pad_sequences", least=0)
    dtype = np.dtype(dtype)
    arrays = [_as_entries(item, i, dtype) for i, item in enumerate(sequences)]
    entry = _entry_shape(arrays)
    filled = _filled((len(arrays), maxlen, *entry), value, dtype, arrays)
    for row, array in enumerate(arrays):
        kept = array[-maxlen:] if truncating == "pre" else array[:maxlen]
        if len(kept) and maxlen:
            start = maxlen - len(kept) if padding == "pre" else 0
            filled[row, start : start + len(kept)] = kept
    return filled


def _check_side(name: str, side: Any) -> None:
    if side not in _SIDES:
        raise ArgumentError(
            f"`{name}` of `pad_sequences` must be 'pre' or 'post'. "
            f"Received: {name}={side!r}"
        )


def _length(item: Any, index: int) -> int:
    if not hasattr(item, "__len__"):
        raise ArgumentError(
            "`sequences` of `pad_sequences` must be a list of sequences. Received: "
            f"{item!r} at position {index}"
        )
    return len(item)


def _as_entries(item: Any, index: int, dtype: np.dtype[Any]) -> Array:
    label = f"Sequence {index} of `pad_sequences`"
    try:
        found = np.asarray(item, dtype if dtype.kind in "OUS" else None)
    except ValueError as error:
        raise ShapeError(f"{label} must have entries of one shape: {error}") from error
    if dtype.kind in "OUS" or found.size == 0:
        return found.astype(dtype) if found.size else found
    if found.dtype.kind not in "biuf":
        raise DtypeError(
            f"{label} must hold numbers for dtype {dtype}. Received: "
            f"{item[0]!r}; give `dtype=object` for text"
        )
    if dtype.kind not in "iu":
        return found.astype(dtype)
    with np.errstate(invalid="ignore"):
        cast = found.astype(dtype)
    if np.array_equal(cast, found):
        return cast
    whole = np.trunc(found)
    if not np.array_equal(cast, whole):
        raise ArgumentError(
            f"{label} holds numbers that {dtype} cannot. Received: "
            f"{found.min()} to {found.max()}; give a wider `dtype`"
        )
    warnings.warn(
        f"{label} holds fractions, which dtype {dtype} cuts off. Give "
        "`dtype='float32'` to keep them",
        DataWarning,
        stacklevel=3,
    )
    return cast


def _entry_shape(arrays: list[Array]) -> tuple[int, ...]:
    entry: tuple[int, ...] | None = None
    for index, array in enumerate(arrays):
        if array.size == 0:
            continue
        if entry is None:
            entry = array.shape[1:]
        elif array.shape[1:] != entry:
            raise ShapeError(
                "Entries of `sequences` of `pad_sequences` must have one shape. "
                f"Received: shape {array.shape[1:]} at position {index}, "
                f"{entry} before"
            )
    return entry or ()


def _filled(
    shape: tuple[int, ...], value: Any, dtype: np.dtype[Any], arrays: list[Array]
) -> Array:
    if dtype.kind in "US" and not isinstance(value, (str, bytes)):
        raise ArgumentTypeError(
            "`value` of `pad_sequences` must be text where `dtype` is. "
            f"Received: value={value!r}"
        )
    if dtype.kind in "US" and dtype.itemsize == 0:
        # A text dtype without a width takes that of the longest text.
        dtypes = [array.dtype for array in arrays if array.size]
        dtype = np.result_type(np.asarray(value).astype(dtype).dtype, *dtypes)
    return np.full(shape, value, dtype)
