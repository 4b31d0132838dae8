"""The base of data adapters: what the training loop asks of any kind of data."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from kerasish.backends.communication import Share
from kerasish.data.batches import Batch

__all__ = ["DataAdapter", "row_number"]


class DataAdapter:
    """Data seen as epochs of batches `(x, y, sample_weight)` of NumPy arrays.

    Args:
        caller: Name of the function the data was given to, as `"fit"`.
        num_batches: Batches in an epoch, `None` where that is not known.
        num_samples: Samples in an epoch, `None` where that is not known.
        batch_size: Samples in a full batch, `None` where the data decides.
        steps: Batches to take in an epoch if the user said so.
        repeatable: Whether a second epoch can be read from the start.
        endless: Whether the data never ends, so that `steps` is needed.

    Example:
        >>> DataAdapter("fit", num_batches=3).num_batches
        3
    """

    def __init__(
        self,
        caller: str,
        *,
        num_batches: int | None = None,
        num_samples: int | None = None,
        batch_size: int | None = None,
        steps: int | None = None,
        repeatable: bool = True,
        endless: bool = False,
    ) -> None:
        self.caller = caller
        self.num_batches = num_batches
        self.num_samples = num_samples
        self.batch_size = batch_size
        self.steps = steps
        self.repeatable = repeatable
        self.endless = endless
        # Rows of the batch that was yielded last: the first of consecutive ones, an
        # array of them when shuffled, None where the data are not known by rows.
        self.rows: Any = None
        # The part that this process has of the batch that was yielded last, None for
        # all of it.
        self.share: Share | None = None
        # Whether the data lie on a device, where nobody looks at batches.
        self.moved = False
        # Returns arrays, or None, for the parts of the next batch; it may be gathered
        # into them where shape and dtype fit.
        self.buffers: Callable[[], Sequence[Any]] = tuple

    def epoch(self) -> Iterator[Batch]:
        """Returns an iterator over the batches of one epoch."""
        raise NotImplementedError(f"{type(self).__name__} has no method `epoch`")

    def move(self, narrow: str | None = None, together: int = 1) -> None:
        """Moves the data to the device of the current backend, where that pays.

        Then `moved` is true, and batches hold tensors.

        Args:
            narrow: Dtype that float64 is moved in, None for its own.
            together: Steps that may be run as one, as nobody looks at their results.
        """

    def flush(self) -> None:
        """Runs the steps that were put off, as nobody looked at their results."""

    def whole(self) -> Any:
        """Returns all data on the host, `(x, y, sample_weight)`, None if not known."""
        return None

    def on_epoch_begin(self) -> None:
        """Is called before the first batch of an epoch of training is read."""

    def on_epoch_end(self) -> None:
        """Is called after the last batch of an epoch of training was used."""


def row_number(rows: Any, position: int) -> int:
    """Returns the row in the whole data of a position in a batch.

    Args:
        rows: The `rows` of an adapter: a number, an array or `None`.
        position: Position in the batch.

    Example:
        >>> row_number(10, 2), row_number([7, 5, 9], 2), row_number(None, 2)
        (12, 9, 2)
    """
    if rows is None:
        return int(position)
    return int(rows + position if isinstance(rows, int) else rows[position])
