"""Sliding windows over a time series."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from kerasish.core.errors import ArgumentError
from kerasish.data.arguments import check_count, make_rng
from kerasish.data.columns import as_one_column, dense, take_rows

__all__ = ["TimeseriesDataset", "timeseries_dataset_from_array"]

Array = Any
_OWNER = "timeseries_dataset_from_array"


class TimeseriesDataset:
    """Batches of windows over a series, cut out as they are read.

    Args:
        data: The series, time first.
        targets: Target of the window that starts at each index, or `None`.
        starts: Where the windows start.
        offsets: Steps of a window, relative to its start.
        batch_size: Windows in a batch, `None` for single windows.
        rng: Draws a new order of the windows for each pass, or `None`.

    Example:
        >>> data = TimeseriesDataset(
        ...     np.arange(9), None, np.arange(3), np.array([0, 2]), 2, None)
        >>> [batch.tolist() for batch in data]
        [[[0, 2], [1, 3]], [[2, 4]]]
    """

    def __init__(
        self,
        data: Array,
        targets: Array | None,
        starts: Array,
        offsets: Array,
        batch_size: int | None,
        rng: np.random.Generator | None,
    ) -> None:
        self._data = data
        self._targets = targets
        self._starts = starts
        self._offsets = offsets
        self._batch_size = batch_size
        self._rng = rng

    def __len__(self) -> int:
        return -(-len(self._starts) // (self._batch_size or 1))

    def __iter__(self) -> Iterator[Any]:
        starts = self._starts
        if self._rng is not None:
            starts = self._rng.permutation(starts)
        if self._batch_size is None:
            for start in starts:
                yield self._windows(start)
            return
        for first in range(0, len(starts), self._batch_size):
            yield self._windows(starts[first : first + self._batch_size])

    def cardinality(self) -> int:
        """Returns the number of batches."""
        return len(self)

    def _windows(self, starts: Array) -> Any:
        windows = take_rows(self._data, starts[..., np.newaxis] + self._offsets)
        if self._targets is None:
            return windows
        return windows, take_rows(self._targets, starts)


def timeseries_dataset_from_array(
    data: Any,
    targets: Any,
    sequence_length: int,
    sequence_stride: int = 1,
    sampling_rate: int = 1,
    batch_size: int | None = 128,
    shuffle: bool = False,
    seed: Any = None,
    start_index: int | None = None,
    end_index: int | None = None,
    format: str = "numpy",
) -> TimeseriesDataset:
    """Makes windows over a time series, each with a target, in batches.

    Window `i` holds `data[i], data[i + sampling_rate], ...` and goes with
    `targets[i]`: to predict the step after a window, give `data[:-sequence_length]`
    and `data[sequence_length:]` (with a sampling rate of 1).

    Args:
        data: Array-like, its first axis is time.
        targets: Array-like, or `None` for windows alone. Windows without a target at
            the end of the data are left out.
        sequence_length: Steps in a window.
        sequence_stride: Steps from the start of a window to that of the next.
        sampling_rate: Steps from one entry of a window to the next.
        batch_size: Windows in a batch, or `None` for single windows.
        shuffle: Whether to draw a new order of the windows for each pass.
        seed: An integer or `numpy.random.Generator` that decides the order.
        start_index: Data before this is not used.
        end_index: Data from this on is not used.
        format: `"numpy"`; Keras' `"tf"` and `"grain"` are taken to mean the same.

    Output shape:
        `(batch, sequence_length, ...)`.

    Returns:
        An iterable of NumPy batches that can be read again and again.

    Raises:
        TypeError: If a number is not whole, or the data not numbers.
        ValueError: If a number is out of range, or no window fits.

    Example:
        >>> data = timeseries_dataset_from_array(np.arange(6), np.arange(6) * 10, 3)
        >>> [(x.tolist(), y.tolist()) for x, y in data]
        [([[0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5]], [0, 10, 20, 30])]
    """
    series = dense(as_one_column(data, f"`data` of `{_OWNER}`"))
    goals = targets
    if targets is not None:
        goals = dense(as_one_column(targets, f"`targets` of `{_OWNER}`"))
    first, last = _check_range(start_index, end_index, len(series))
    length = check_count(sequence_length, "sequence_length", _OWNER)
    stride = _check_below(sequence_stride, "sequence_stride", len(series))
    rate = _check_below(sampling_rate, "sampling_rate", len(series))
    if batch_size is not None:
        batch_size = check_count(batch_size, "batch_size", _OWNER)
    if format not in ("numpy", "tf", "grain"):
        raise ArgumentError(
            f"`format` of `{_OWNER}` must be 'numpy'. Received: format={format!r}"
        )
    end = last - (length - 1) * rate
    if goals is not None:
        end = min(end, len(goals))
    starts = np.arange(first, max(end, first), stride)
    if not len(starts):
        raise ArgumentError(
            f"A window of `{_OWNER}` must fit into the data and have a target. "
            f"Received: sequence_length={length}, sampling_rate={rate} for steps "
            f"{first} to {last}"
            + ("" if goals is None else f" and {len(goals)} targets")
        )
    rng = make_rng(seed) if shuffle else None
    offsets = np.arange(length) * rate
    return TimeseriesDataset(series, goals, starts, offsets, batch_size, rng)


def _check_range(start: Any, end: Any, length: int) -> tuple[int, int]:
    first = 0 if start is None else check_count(start, "start_index", _OWNER, least=0)
    last = length if end is None else check_count(end, "end_index", _OWNER)
    if first >= length and start is not None:
        raise ArgumentError(
            f"`start_index` of `{_OWNER}` must be less than the length of the data. "
            f"Received: start_index={first} for {length} steps"
        )
    if last > length:
        raise ArgumentError(
            f"`end_index` of `{_OWNER}` must not be more than the length of the data. "
            f"Received: end_index={last} for {length} steps"
        )
    if last <= first and end is not None:
        raise ArgumentError(
            f"`end_index` of `{_OWNER}` must be more than `start_index`. "
            f"Received: start_index={first}, end_index={last}"
        )
    return first, last


def _check_below(value: Any, name: str, length: int) -> int:
    count = check_count(value, name, _OWNER)
    # A series of one step still has a stride of 1.
    if count >= max(length, 2):
        raise ArgumentError(
            f"`{name}` of `{_OWNER}` must be less than the length of the data. "
            f"Received: {name}={count} for {length} steps"
        )
    return count
