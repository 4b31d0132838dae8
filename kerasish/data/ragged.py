"""Sequences of different lengths in one array, and some of them as a batch."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from kerasish.core.errors import (
    ArgumentError,
    ArgumentTypeError,
    DtypeError,
    ShapeError,
)

__all__ = ["RaggedRows", "trimmed"]

Array = Any


class RaggedRows:
    """Sequences laid end to end.

    It has the attribute `lengths`, an array.

    Args:
        sequences: List of sequences of numbers, or of vectors of one size.
        name: What to call them in messages, as "`sequences` of `BucketedSequences`".
        maxlen: Most entries that are kept of one, or None.
        truncating: Where to cut what is too long, "pre" at the start or "post".
        dtype: Dtype of the entries; by default "int32" for integers, where they fit,
            and the dtype of floats.

    Raises:
        ArgumentError: If there is no sequence.
        ArgumentTypeError: If something is no sequence.
        DtypeError: If entries are no numbers.
        ShapeError: If entries have different shapes.

    Example:
        >>> rows = RaggedRows([[1], [2, 3]], "x")
        >>> rows.lengths.tolist(), rows.padded(np.array([1, 0]), 3).tolist()
        ([1, 2], [[2, 3, 0], [1, 0, 0]])
    """

    def __init__(
        self,
        sequences: Any,
        name: str,
        maxlen: int | None = None,
        truncating: str = "pre",
        dtype: Any = None,
    ) -> None:
        items = [
            _entries(item, i, name) for i, item in enumerate(_listed(sequences, name))
        ]
        if maxlen is not None:
            cut = slice(-maxlen, None) if truncating == "pre" else slice(maxlen)
            items = [item[cut] for item in items]
        self.lengths = np.fromiter(map(len, items), np.int64, len(items))
        self._starts = np.cumsum(self.lengths) - self.lengths
        self._flat = _joined(items, name, dtype)

    def __len__(self) -> int:
        return len(self.lengths)

    def padded(
        self, rows: Array, width: int, value: Any = 0, padding: str = "post"
    ) -> Array:
        """Returns some of the sequences, filled up to one length.

        Args:
            rows: Array of their numbers.
            width: The length, which none of them exceeds.
            value: What to fill with.
            padding: Where, "post" behind or "pre" before.

        Returns:
            Array `(rows, width, ...)`.
        """
        lengths = self.lengths[rows, np.newaxis]
        steps = np.arange(width)
        if padding == "pre":
            steps = steps - (width - lengths)
        inside = (steps >= 0) & (steps < lengths)
        places = self._starts[rows, np.newaxis] + steps
        shape = (len(rows), width, *self._flat.shape[1:])
        found = np.full(shape, value, self._flat.dtype)
        found[inside] = self._flat[np.broadcast_to(places, inside.shape)[inside]]
        return found


def trimmed(sequences: Any, padded: Any, name: str) -> list[slice]:
    """Returns where the entries of each row of a padded array are.

    What equals the filling between other entries is an entry.

    Args:
        sequences: Array `(samples, steps, ...)`, with filling at the start or end.
        padded: The number that fills it, or a boolean array `(samples, steps)` that is
            True where an entry is.
        name: What to call the sequences in messages.

    Raises:
        ArgumentError: If a row of a boolean array is True here and there.
        ArgumentTypeError: If `padded` is no number and no boolean array.
        ShapeError: If shapes do not fit.

    Example:
        >>> trimmed(np.array([[0, 7, 0, 8, 0], [9, 0, 0, 0, 0]]), 0, "x")
        [slice(1, 4, None), slice(0, 1, None)]
    """
    inside = _inside(_array(sequences, name), padded, name)
    steps = np.arange(inside.shape[1])
    ends = np.where(inside, steps + 1, 0).max(axis=1, initial=0)
    starts = np.where(inside, steps, ends[:, np.newaxis]).min(
        axis=1, initial=len(steps)
    )
    if np.ndim(padded) and (inside.sum(axis=1) != ends - starts).any():
        row = int(np.flatnonzero(inside.sum(axis=1) != ends - starts)[0])
        raise ArgumentError(
            f"`padded`, where it is an array, must be True from the first to the last "
            f"entry of each row of {name}. Received: row {row} with filling in between"
        )
    return list(map(slice, starts.tolist(), ends.tolist()))


def _array(sequences: Any, name: str) -> Array:
    try:
        shape = np.shape(sequences)
    except ValueError:  # lists of several lengths
        shape = (len(sequences),)
    if len(shape) < 2:
        raise ShapeError(
            f"{name} must be an array (samples, steps, ...) where `padded` tells what "
            f"fills it. Received: shape {shape}"
        )
    return np.asarray(sequences)


def _inside(array: Array, padded: Any, name: str) -> Array:
    """Returns an array `(samples, steps)` that is True where an entry is."""
    given = np.asarray(padded)
    if given.ndim == 0 and given.dtype.kind in "iuf":
        differs = array != given
        return differs.any(axis=tuple(range(2, array.ndim)))
    if given.dtype.kind != "b" or not given.ndim:
        raise ArgumentTypeError(
            f"`padded` must be the number that fills {name}, or a boolean array. "
            f"Received: {padded!r:.80}"
        )
    if given.shape != array.shape[:2]:
        raise ShapeError(
            f"`padded`, where it is an array, must have the samples and steps of "
            f"{name}, {array.shape[:2]}. Received: shape {given.shape}"
        )
    return given


def _listed(sequences: Any, name: str) -> Sequence[Any]:
    sized = hasattr(sequences, "__len__") and not isinstance(
        sequences, str | bytes | dict
    )
    if not sized:
        raise ArgumentTypeError(
            f"{name} must be a list of sequences. Received: a "
            f"{type(sequences).__name__}"
        )
    if not len(sequences):
        raise ArgumentError(f"{name} must hold at least one sequence. Received: none")
    return sequences  # type: ignore[no-any-return]


def _entries(item: Any, index: int, name: str) -> Array:
    if isinstance(item, str | bytes) or not hasattr(item, "__len__"):
        raise ArgumentTypeError(
            f"{name} must be sequences of numbers. Received: {item!r:.40} at position "
            f"{index}; text is made numbers by `TextVectorization`"
        )
    try:
        found = np.asarray(item)
    except ValueError as error:
        raise ShapeError(
            f"{name}: entries at position {index} must have one shape: {error}"
        ) from error
    if found.size and found.dtype.kind not in "biuf":
        raise DtypeError(
            f"{name} must be sequences of numbers. Received: dtype {found.dtype} at "
            f"position {index}; text is made numbers by `TextVectorization`"
        )
    return found


def _joined(items: list[Array], name: str, dtype: Any) -> Array:
    filled = [item for item in items if item.size]
    shapes = {item.shape[1:] for item in filled}
    if len(shapes) > 1:
        raise ShapeError(
            f"Entries of {name} must have one shape. Received: {sorted(shapes)}"
        )
    if not filled:
        return np.zeros(0, dtype or "int32")
    flat = np.concatenate(filled)
    if dtype is not None:
        return flat.astype(dtype)
    if flat.dtype.kind in "iu" and np.abs(flat).max() < 2**31:
        return flat.astype("int32")
    return flat
