"""A data set cut in two."""

import operator
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from kerasish.core import tree
from kerasish.core.errors import ArgumentError, ArgumentTypeError
from kerasish.data.arguments import make_rng
from kerasish.data.columns import is_array_like, take_rows
from kerasish.data.py_dataset import PyDataset
from kerasish.data.samples import ElementDataset, SampleDataset
from kerasish.data.structures import as_columns, count_samples, unusable

__all__ = ["split_dataset"]

Dataset = SampleDataset | ElementDataset


def split_dataset(
    dataset: Any,
    left_size: float | None = None,
    right_size: float | None = None,
    shuffle: bool = False,
    seed: Any = None,
    preferred_backend: str | None = None,
) -> tuple[Dataset, Dataset]:
    """Cuts a data set into a left part, its beginning, and a right part, its end.

    Arrays are cut by samples, anything that is iterated over by what it yields: a data
    set of batches by batches. Both parts can be read again and again, and given to
    `fit`, which makes batches out of samples.

    Args:
        dataset: An array-like, a tuple, list or dict of those, a `PyDataset`, an
            object with `__getitem__` and `__len__`, or an iterable.
        left_size: Size of the left part: a fraction, or a number of elements.
        right_size: Size of the right part, likewise; by default all the rest.
        shuffle: Whether to draw a random order before cutting.
        seed: An integer or `numpy.random.Generator` that decides the order.
        preferred_backend: Has no effect; Keras chooses a library for the data by it.

    Returns:
        The two parts, `SampleDataset` for arrays, `ElementDataset` for others.

    Raises:
        TypeError: If the data or a size is of a kind that cannot be used.
        ValueError: If no size is given, or one is out of range, or a part is empty.

    Example:
        >>> left, right = split_dataset(np.arange(5), left_size=0.6)
        >>> len(left), [int(x) for x in right]
        (3, [3, 4])
    """
    _check_sizes(left_size, right_size)
    if isinstance(dataset, SampleDataset):
        dataset = dataset.arrays
    if not _is_arrays(dataset):
        elements = _list_elements(dataset)
        left, right = _cut(len(elements), left_size, right_size, shuffle, seed)
        return (
            ElementDataset([elements[i] for i in left]),
            ElementDataset([elements[i] for i in right]),
        )
    columns = as_columns(dataset, "dataset", "`split_dataset`")
    columns = tuple(columns) if isinstance(columns, list) else columns
    total = count_samples({"dataset": columns}, "`split_dataset`")
    left, right = _cut(total, left_size, right_size, shuffle, seed)
    return _select(columns, left), _select(columns, right)


def _is_arrays(dataset: Any) -> bool:
    if isinstance(dataset, (list, tuple)) and not is_array_like(dataset):
        # A list of pairs is a list of elements; a list of arrays is one of columns.
        return not any(isinstance(item, (tuple, Mapping)) for item in dataset)
    return isinstance(dataset, Mapping) or is_array_like(dataset)


def _list_elements(dataset: Any) -> list[Any]:
    if isinstance(dataset, (str, bytes)):
        raise unusable(dataset, "dataset", "`split_dataset`")
    if isinstance(dataset, PyDataset) and dataset.num_batches is None:
        raise ArgumentError(
            "`dataset` of `split_dataset` must have an end. Received: a "
            f"`{type(dataset).__name__}` without `__len__`"
        )
    if hasattr(dataset, "__getitem__") and hasattr(dataset, "__len__"):
        return [dataset[index] for index in range(len(dataset))]
    if isinstance(dataset, Iterable):
        return list(dataset)
    raise unusable(dataset, "dataset", "`split_dataset`")


def _check_sizes(left_size: Any, right_size: Any) -> None:
    if left_size is None and right_size is None:
        raise ArgumentError(
            "At least one of `left_size` and `right_size` of `split_dataset` must be "
            "given. Received: left_size=None, right_size=None"
        )
    for name, size in (("left_size", left_size), ("right_size", right_size)):
        number = isinstance(size, (int, float, np.integer, np.floating))
        if size is not None and (isinstance(size, bool) or not number):
            raise ArgumentTypeError(
                f"`{name}` of `split_dataset` must be a fraction, a number of elements "
                f"or None. Received: {name}={size!r}"
            )


def _cut(
    total: int, left_size: Any, right_size: Any, shuffle: bool, seed: Any
) -> tuple[np.ndarray, np.ndarray]:
    if total == 0:
        raise ArgumentError(
            "`dataset` of `split_dataset` must hold at least two elements. Received: 0"
        )
    left = _count("left_size", left_size, total)
    right = _count("right_size", right_size, total)
    left = total - right if left is None and right is not None else left
    right = total - left if right is None and left is not None else right
    if left is None or right is None or left + right > total:
        raise ArgumentError(
            "`left_size` and `right_size` of `split_dataset` must not be more than the "
            f"whole. Received: left_size={left_size!r}, right_size={right_size!r} for "
            f"{total} elements"
        )
    if left == 0 or right == 0:
        raise ArgumentError(
            "Neither part of `split_dataset` may be empty. Received: "
            f"left_size={left_size!r}, right_size={right_size!r}, which makes {left} "
            f"and {right} of {total} elements"
        )
    order = make_rng(seed).permutation(total) if shuffle else np.arange(total)
    return order[:left], order[total - right :]


def _count(name: str, size: Any, total: int) -> int | None:
    if size is None:
        return None
    if isinstance(size, (float, np.floating)):
        if 0 < size < 1:
            return round(float(size) * total)
    elif 0 < size < total:
        return operator.index(size)
    raise ArgumentError(
        f"`{name}` of `split_dataset` must be a whole number from 1 to {total - 1}, or "
        f"a fraction between 0 and 1. Received: {name}={size!r}"
    )


def _select(columns: Any, rows: np.ndarray) -> SampleDataset:
    consecutive = bool((np.diff(rows) == 1).all())
    index: Any = slice(int(rows[0]), int(rows[-1]) + 1) if consecutive else rows
    return SampleDataset(
        tree.map_structure(lambda leaf: take_rows(leaf, index), columns)
    )
