"""`PyDataset`: batches made by a Python class, if asked on threads or processes."""

from typing import Any

from kerasish.core.errors import ArgumentTypeError
from kerasish.data.arguments import check_count

__all__ = ["PyDataset", "Sequence"]


class PyDataset:
    """Base of data sets whose batches Python code makes, one by number.

    Subclasses define `__getitem__(index)`, which returns the whole batch of that
    number as `x`, `(x, y)` or `(x, y, sample_weight)`, and `__len__`, the number of
    batches. Without `__len__` the data is endless, and `fit` needs `steps_per_epoch`.
    Batches arrive in order however many workers make them. `fit` shuffles the order
    of the batches unless it is told `shuffle=False`.

    Args:
        workers: Number of threads or processes that make batches ahead; up to 1
            thread means that they are made as they are needed.
        use_multiprocessing: Whether the workers are processes. The data set is then
            sent to them, so it must be possible to pickle it where processes are not
            forked.
        max_queue_size: Most batches made ahead.

    Raises:
        TypeError: If an argument is of the wrong type.
        ValueError: If a number is out of range.

    Example:
        >>> import numpy as np
        >>> class Squares(PyDataset):
        ...     def __len__(self): return 2
        ...     def __getitem__(self, index): return np.arange(3) + 3 * index
        >>> Squares(workers=2).num_batches
        2
    """

    _workers = 1
    _use_multiprocessing = False
    _max_queue_size = 10

    def __init__(
        self,
        workers: int = 1,
        use_multiprocessing: bool = False,
        max_queue_size: int = 10,
    ) -> None:
        self.workers = workers
        self.use_multiprocessing = use_multiprocessing
        self.max_queue_size = max_queue_size

    @property
    def workers(self) -> int:
        """Number of threads or processes that make batches."""
        return self._workers

    @workers.setter
    def workers(self, value: int) -> None:
        self._workers = check_count(value, "workers", type(self).__name__, least=0)

    @property
    def use_multiprocessing(self) -> bool:
        """Whether the workers are processes rather than threads."""
        return self._use_multiprocessing

    @use_multiprocessing.setter
    def use_multiprocessing(self, value: bool) -> None:
        if not isinstance(value, bool):
            raise ArgumentTypeError(
                f"`use_multiprocessing` of `{type(self).__name__}` must be a bool. "
                f"Received: use_multiprocessing={value!r}"
            )
        self._use_multiprocessing = value

    @property
    def max_queue_size(self) -> int:
        """Most batches that are made ahead."""
        return self._max_queue_size

    @max_queue_size.setter
    def max_queue_size(self, value: int) -> None:
        self._max_queue_size = check_count(value, "max_queue_size", type(self).__name__)

    @property
    def num_batches(self) -> int | None:
        """Number of batches in an epoch, `None` where the data is endless."""
        return len(self) if hasattr(self, "__len__") else None

    def __getitem__(self, index: int) -> Any:
        raise NotImplementedError(
            f"`{type(self).__name__}` must define `__getitem__(index)`, which returns "
            "the batch of that number"
        )

    def rows_of(self, index: int) -> Any:
        """Returns which samples are in a batch, an array of their numbers, if known.

        `predict` puts its results into the order of the samples where it is.

        Args:
            index: The number of the batch.
        """
        return None

    def on_pass_begin(self) -> None:
        """Is called before the first batch of each pass through the data.

        With `steps_per_epoch` a pass may take several epochs, or end within one.
        """

    def on_epoch_begin(self) -> None:
        """Is called before the first batch of an epoch is made."""

    def on_epoch_end(self) -> None:
        """Is called after the last batch of an epoch, as to draw a new order."""


# The name it had before Keras 3.
Sequence = PyDataset
