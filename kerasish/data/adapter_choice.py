"""The door to this room: the adapter that fits the data a user gave."""

from collections.abc import Iterable
from typing import Any

from kerasish.core.errors import ArgumentError, ArgumentTypeError
from kerasish.data.adapters import DataAdapter
from kerasish.data.arguments import check_batch_size, check_steps
from kerasish.data.array_adapter import ArrayAdapter
from kerasish.data.class_weights import check_class_weight
from kerasish.data.iterable_adapter import IterableAdapter
from kerasish.data.packing import unpack_x_y_sample_weight
from kerasish.data.py_dataset import PyDataset
from kerasish.data.py_dataset_adapter import PyDatasetAdapter
from kerasish.data.samples import SampleDataset
from kerasish.data.sharding import ShardedAdapter, Sharding
from kerasish.data.structures import is_columns, unusable

__all__ = ["make_adapter"]


def make_adapter(
    x: Any,
    y: Any = None,
    sample_weight: Any = None,
    *,
    batch_size: int | None = None,
    shuffle: bool | str = False,
    class_weight: Any = None,
    steps: int | None = None,
    caller: str = "fit",
    seed: Any = None,
    sharding: Sharding | None = None,
) -> DataAdapter:
    """Makes the adapter for any kind of data that `fit` takes.

    Args:
        x: Arrays, lists, tuples or dicts of arrays, pandas objects, scipy.sparse
            matrices, tensors of any library, flat lists of numbers, a `PyDataset`, a
            generator or any iterable of batches.
        y: Targets of the same kinds where `x` is arrays, otherwise `None`.
        sample_weight: Weights of the samples, likewise.
        batch_size: Samples in a batch where `x` is arrays, default 32.
        shuffle: Whether to draw a new order each epoch; `"batch"` keeps the samples
            of a batch together. Iterables decide on their own order.
        class_weight: Dict from class number to weight.
        steps: Batches to take in an epoch, `None` for all.
        caller: Name of the function the data was given to, for messages.
        seed: An integer or `numpy.random.Generator` that decides the order.
        sharding: Which rows of each batch are this process', `None` for all.

    Returns:
        The adapter.

    Raises:
        TypeError: If the data or an argument is of a kind that cannot be used.
        ValueError: If an argument is out of range, or parts do not fit each other.

    Example:
        >>> make_adapter([1, 2, 3], [4, 5, 6], batch_size=2).num_batches
        2
    """
    size, steps = check_batch_size(batch_size, caller), check_steps(steps, caller)
    _check_shuffle(shuffle, caller)
    if class_weight is not None:
        class_weight = check_class_weight(class_weight, caller)
    if isinstance(x, SampleDataset):
        _refuse_apart(x, y, sample_weight, caller)
        x, y, sample_weight = unpack_x_y_sample_weight(x.arrays)
    if x is None:
        raise ArgumentTypeError(f"`x` of `{caller}` must be given. Received: x=None")
    common = {"class_weight": class_weight, "steps": steps, "caller": caller}
    ordered = {**common, "shuffle": shuffle, "seed": seed}
    if isinstance(x, PyDataset):
        _refuse_apart(x, y, sample_weight, caller)
        return _sharded(PyDatasetAdapter(x, **ordered), sharding)
    if is_columns(x):
        given = {**ordered, "batch_size": size, "sharding": sharding}
        return ArrayAdapter(x, y, sample_weight, **given)
    if isinstance(x, Iterable) and not isinstance(x, (str, bytes, set, frozenset)):
        _refuse_apart(x, y, sample_weight, caller)
        return _sharded(IterableAdapter(x, **common), sharding)
    raise unusable(x, "x", f"`{caller}`")


def _sharded(adapter: DataAdapter, sharding: Sharding | None) -> DataAdapter:
    return adapter if sharding is None else ShardedAdapter(adapter, sharding)


def _check_shuffle(shuffle: Any, caller: str) -> None:
    if isinstance(shuffle, bool) or shuffle == "batch":
        return
    raise ArgumentError(
        f"`shuffle` of `{caller}` must be True, False or 'batch'. "
        f"Received: shuffle={shuffle!r}"
    )


def _refuse_apart(x: Any, y: Any, sample_weight: Any, caller: str) -> None:
    for name, part in (("y", y), ("sample_weight", sample_weight)):
        if part is not None:
            raise ArgumentError(
                f"`{name}` of `{caller}` must not be given beside an `x` that yields "
                f"batches: let it yield `(x, y)` or `(x, y, sample_weight)`. "
                f"Received: x of type {type(x).__name__}"
            )
