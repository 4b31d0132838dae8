"""Batches of sequences of similar lengths, so that little of a batch is filling."""

from typing import Any

import numpy as np

from kerasish.core import tree
from kerasish.core.errors import ArgumentError, ArgumentTypeError, ShapeError
from kerasish.data.arguments import check_batch_size, check_count, make_rng
from kerasish.data.batches import standardize_weights
from kerasish.data.columns import take_rows
from kerasish.data.py_dataset import PyDataset
from kerasish.data.ragged import RaggedRows, trimmed
from kerasish.data.structures import as_columns, count_samples

__all__ = ["BucketedSequences", "best_boundaries"]

Array = Any
_SIDES = ("pre", "post")
_PLACE = "`BucketedSequences`"
# More lengths than these are thinned out before the best boundaries are looked for.
_MOST_LENGTHS = 256


class BucketedSequences(PyDataset):
    """Sequences in batches of similar lengths, filled up to the longest of a bucket.

    A bucket holds the sequences up to a boundary; what does not fill a batch goes to
    the next one. So an epoch has as many batches as without buckets, each sample
    comes once, and batches have few different shapes, for each of which a step is
    recorded. `fit`, `evaluate` and `predict` take the data set as `x`; the results of
    `predict` are in the order of the sequences.

    Args:
        sequences: List of sequences of numbers, or of vectors of one size; or, with
            `padded`, one array `(samples, steps, ...)` that is filled up already.
        y: Targets, one for each sequence; or a list of sequences that are as long as
            those of `sequences`, which are filled up with 0. With `padded`, an array of
            as many steps as `sequences` has the targets of these steps.
        batch_size: Sequences in a batch.
        boundaries: Rising list of the longest lengths of buckets; those that are longer
            than the last make one more. By default those, `num_buckets` at most, with
            the least filling.
        padding: Where to fill, "post" behind or "pre" before.
        value: What to fill with; `Masking` and `Embedding(mask_zero=True)` leave it
            out.
        shuffle: Whether samples and batches come in a new order each epoch; if not,
            short ones come first, unless `fit` shuffles the batches.
        seed: An integer or `numpy.random.Generator` that decides the order.
        sample_weight: Weights of the samples.
        num_buckets: Most buckets where `boundaries` are not given.
        maxlen: Most entries that are kept of a sequence, or None.
        truncating: Where to cut what is too long, "pre" at the start or "post".
        dtype: Dtype of the entries, "int32" for integers by default.
        padded: What is filling at the start or end of the rows of `sequences`: a
            number, or a boolean array `(samples, steps)` that is False there, as masks
            are. None where `sequences` are not filled up.
        **kwargs: Arguments of `PyDataset`.

    Raises:
        TypeError: If something is no sequence, or an argument is of a wrong type.
        ValueError: If an argument is out of range, or lengths do not fit.

    Example:
        >>> data = BucketedSequences(
        ...     [[1, 2, 3], [4], [5, 6, 7], [8]], batch_size=2, shuffle=False
        ... )
        >>> data[0].tolist(), data[1].tolist()
        ([[4], [8]], [[1, 2, 3], [5, 6, 7]])
        >>> ids = np.array([[1, 2, 3, 0], [4, 0, 0, 0], [5, 6, 7, 0], [8, 0, 0, 0]])
        >>> data = BucketedSequences(ids, batch_size=2, shuffle=False, padded=0)
        >>> data[0].tolist()
        [[4], [8]]
    """

    def __init__(
        self,
        sequences: Any,
        y: Any = None,
        batch_size: int = 32,
        boundaries: Any = None,
        padding: str = "post",
        value: Any = 0,
        shuffle: bool = True,
        seed: Any = None,
        *,
        sample_weight: Any = None,
        num_buckets: int = 8,
        maxlen: int | None = None,
        truncating: str = "pre",
        dtype: Any = None,
        padded: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        _check_side("padding", padding)
        _check_side("truncating", truncating)
        self._size = check_batch_size(batch_size, "BucketedSequences")
        if maxlen is not None:
            maxlen = check_count(maxlen, "maxlen", "BucketedSequences")
        name = f"`sequences` of {_PLACE}"
        if padded is not None:
            sequences, y = _cut(sequences, y, trimmed(sequences, padded, name))
        self._rows = RaggedRows(sequences, name, maxlen, truncating, dtype)
        self._steps = _targets_of_steps(sequences, y, maxlen, truncating)
        place = _PLACE
        columns = None if self._steps is not None else as_columns(y, "y", place)
        weights = as_columns(sample_weight, "sample_weight", place)
        parts = {
            "sequences": self._rows.lengths,
            "y": columns,
            "sample_weight": weights,
        }
        count_samples(parts, place)
        if columns is not None:
            weights = standardize_weights(columns, weights, None, place)
        self._others = (columns, weights)
        self._padding, self._value = padding, value
        if not isinstance(shuffle, bool):
            raise ArgumentTypeError(
                f"`shuffle` of {place} must be a bool. Received: shuffle={shuffle!r}"
            )
        self._rng = make_rng(seed) if shuffle else None
        lengths = self._rows.lengths
        if boundaries is None:
            num = check_count(num_buckets, "num_buckets", "BucketedSequences")
            boundaries = best_boundaries(lengths, num)
        self._buckets, self._widths = _into_buckets(lengths, _rising(boundaries))
        self._batches: list[tuple[Array, int]] = []
        self._draw()

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, index: int) -> Any:
        """Returns a batch: `x`, `(x, y)` or `(x, y, sample_weight)`."""
        rows, width = self._batches[index]
        x = self._rows.padded(rows, width, self._value, self._padding)
        y, weights = tree.map_structure(
            lambda part: None if part is None else take_rows(part, rows), self._others
        )
        if self._steps is not None:
            y = self._steps.padded(rows, width, 0, self._padding)
        if weights is not None:
            return x, y, weights
        return x if y is None else (x, y)

    def on_pass_begin(self) -> None:
        """Draws a new order."""
        if self._rng is not None:
            self._draw()

    def rows_of(self, index: int) -> Array:
        """Returns which of the sequences are in a batch.

        Args:
            index: The number of the batch.
        """
        return self._batches[index][0]

    @property
    def widths(self) -> list[int]:
        """The lengths that the batches of an epoch have, in rising order."""
        return sorted({width for _, width in self._batches})

    @property
    def filling(self) -> float:
        """The share of filling in the batches of an epoch, from 0 to 1."""
        cells = sum(len(rows) * width for rows, width in self._batches)
        return 1.0 - float(self._rows.lengths.sum()) / cells if cells else 0.0

    def _draw(self) -> None:
        """Makes the batches of an epoch."""
        batches: list[tuple[Array, int]] = []
        left = np.zeros(0, np.int64)
        for bucket, width in zip(self._buckets, self._widths, strict=True):
            if self._rng is not None:
                bucket = self._rng.permutation(bucket)
            pool = np.concatenate([left, bucket])
            full = len(pool) // self._size * self._size
            for start in range(0, full, self._size):
                batches.append((pool[start : start + self._size], width))
            left = pool[full:]
        if len(left):
            batches.append((left, self._widths[-1]))
        if self._rng is not None:
            order = self._rng.permutation(len(batches))
            batches = [batches[i] for i in order]
        self._batches = batches


def best_boundaries(lengths: Array, num_buckets: int) -> list[int]:
    """Returns the boundaries of buckets with the least filling.

    Found exactly, by dynamic programming over the different lengths; where there are
    very many of these, over quantiles of them.

    Args:
        lengths: Array of lengths.
        num_buckets: Most buckets.

    Returns:
        Rising list of the longest length of each bucket.

    Example:
        >>> best_boundaries(np.array([1, 1, 2, 9, 10]), 2)
        [2, 10]
    """
    ends, counts = np.unique(np.maximum(lengths, 1), return_counts=True)
    if len(ends) > _MOST_LENGTHS:
        kept = np.linspace(0, len(ends) - 1, _MOST_LENGTHS).round().astype(int)
        groups = np.searchsorted(kept, np.arange(len(ends)))
        counts = np.bincount(groups, counts).astype(np.int64)
        ends = ends[kept]
    upto = np.concatenate([[0], np.cumsum(counts)])
    # cost[j]: the least number of cells for the first j lengths in some buckets.
    size = len(ends)
    cells = (upto[np.newaxis, 1:] - upto[:-1, np.newaxis]) * ends[np.newaxis, :]
    cells = np.where(np.tri(size, size, -1, dtype=bool), np.inf, cells)
    cost = cells[0]
    cuts: list[Array] = []
    for _ in range(1, min(num_buckets, size)):
        # A bucket from i to j behind the best buckets up to i - 1.
        through = np.concatenate([[0.0], cost[:-1]])[:, np.newaxis] + cells
        cuts.append(np.argmin(through, axis=0))
        cost = through.min(axis=0)
    found, end = [], size - 1
    for cut in [*cuts[::-1], None]:
        found.append(int(ends[end]))
        if cut is None or cut[end] == 0:
            break
        end = int(cut[end]) - 1
    return found[::-1]


def _into_buckets(
    lengths: Array, boundaries: list[int]
) -> tuple[list[Array], list[int]]:
    """Returns the rows of each bucket that has some, and its longest length."""
    numbers = np.searchsorted(boundaries, lengths)
    buckets = [np.flatnonzero(numbers == i) for i in range(len(boundaries) + 1)]
    buckets = [rows for rows in buckets if len(rows)]
    return buckets, [max(1, int(lengths[rows].max())) for rows in buckets]


def _rising(boundaries: Any) -> list[int]:
    try:
        found = [check_count(b, "boundaries", "BucketedSequences") for b in boundaries]
    except TypeError:
        found = []
    if not found or any(a >= b for a, b in zip(found, found[1:], strict=False)):
        raise ArgumentError(
            f"`boundaries` of {_PLACE} must be a rising list of lengths. "
            f"Received: boundaries={boundaries!r:.80}"
        )
    return found


def _check_side(name: str, side: Any) -> None:
    if side not in _SIDES:
        raise ArgumentError(
            f"`{name}` of {_PLACE} must be 'pre' or 'post'. Received: {name}={side!r}"
        )


def _cut(x: Any, y: Any, parts: list[slice]) -> tuple[Any, Any]:
    """Returns the parts of the rows, and of those of the targets that belong to steps.

    Args:
        x: Array `(samples, steps, ...)`.
        y: Targets.
        parts: Which part of each row.
    """

    def cut(rows: Any) -> list[Array]:
        return [row[part] for row, part in zip(np.asarray(rows), parts, strict=True)]

    of_steps = hasattr(y, "shape") and tuple(y.shape[:2]) == tuple(np.shape(x)[:2])
    return cut(x), cut(y) if of_steps else y


def _targets_of_steps(
    x: Any, y: Any, maxlen: Any, truncating: str
) -> RaggedRows | None:
    """Returns targets that are sequences of different lengths, else None."""
    if not isinstance(y, list | tuple) or len(y) != len(x):
        return None
    if not all(hasattr(item, "__len__") for item in y):
        return None
    lengths = [len(item) for item in y]
    if len(set(lengths)) == 1 and lengths != [len(item) for item in x]:
        return None
    if lengths != [len(item) for item in x]:
        raise ShapeError(
            f"`y` of {_PLACE}, where it is a list of sequences, must hold ones as long "
            "as those of `sequences`"
        )
    return RaggedRows(y, f"`y` of {_PLACE}", maxlen, truncating)
