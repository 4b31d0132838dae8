"""The data that layers adapt to, whatever holds it, as arrays of inputs."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from kerasish.core.errors import ArgumentError, ArgumentTypeError
from kerasish.data import PyDataset, check_count
from kerasish.layers.preprocessing.host_layer import as_host

__all__ = ["input_batches"]

Array = Any


def input_batches(
    data: Any, kind: str, batch_size: int | None = None, steps: int | None = None
) -> Iterator[Array]:
    """Yields the inputs among data.

    Args:
        data: Text, numbers, lists or arrays of them, a column of a data frame, a
            `PyDataset`, a generator or any iterable of batches; of batches
            `(inputs, targets)` the targets are left out.
        kind: Class of the layer, for messages.
        batch_size: Samples in a batch where `data` is one array; by default all.
        steps: How many batches to take; by default all.

    Raises:
        ArgumentError: If there is no sample, or a count is out of range.
        ArgumentTypeError: If it is no data.

    Example:
        >>> [x.tolist() for x in input_batches(["a", "b", "c"], "StringLookup", 2)]
        [['a', 'b'], ['c']]
    """
    if steps is not None:
        steps = check_count(steps, "steps", f"{kind}.adapt")
    seen = False
    for batch in islice(_batches(data, kind, batch_size), steps):
        seen = seen or batch.size > 0
        yield batch
    if not seen:
        raise ArgumentError(
            f"`data` of `{kind}.adapt` must hold at least one sample. Received: none"
        )


def _batches(data: Any, kind: str, batch_size: int | None) -> Iterator[Array]:
    if data is None:
        raise ArgumentTypeError(
            f"`data` of `{kind}.adapt` must be given. Received: None"
        )
    if isinstance(data, PyDataset):
        count = data.num_batches
        numbers = iter(range(count)) if count is not None else _counted()
        for i in numbers:
            yield as_host(_inputs(data[i]), kind)
        return
    whole = isinstance(data, str | bytes | int | float | list)
    if whole or hasattr(data, "__array__") or hasattr(data, "to_numpy"):
        yield from _parts(as_host(data, kind), kind, batch_size)
        return
    if not hasattr(data, "__iter__"):
        raise ArgumentTypeError(
            f"`data` of `{kind}.adapt` must be an array, a list, or yield batches. "
            f"Received: {data!r:.80} of type {type(data).__name__}"
        )
    for batch in data:
        yield as_host(_inputs(batch), kind)


def _counted() -> Iterator[int]:
    number = 0
    while True:
        yield number
        number += 1


def _inputs(batch: Any) -> Any:
    return batch[0] if isinstance(batch, tuple) else batch


def _parts(array: Array, kind: str, batch_size: int | None) -> Iterator[Array]:
    if batch_size is None or not array.ndim:
        yield array
        return
    size = check_count(batch_size, "batch_size", f"{kind}.adapt")
    for start in range(0, len(array), size):
        yield array[start : start + size]
