"""Watch: looks whether targets fit the loss and whether the loss stays finite."""

import math
from typing import Any

from kerasish.backends import current
from kerasish.models import checks

__all__ = ["Watch"]


class Watch:
    """Looks at each batch and each loss, where looking costs nothing.

    A device that computes while Python goes on would have to be waited for: there the
    loss is looked at once, after the last step. Data that lie on the device are checked
    as a whole, before the first.

    Args:
        model: A compiled model.
        source: Where batches come from, which knows their rows.
        trains: Whether the model may diverge.
    """

    def __init__(self, model: Any, source: Any, trains: bool = False) -> None:
        self._model = model
        self._source = source
        self._trains = trains
        self._waits = current().is_asynchronous
        self._warned = False
        self._open = True  # whether data that were moved are still to be checked

    def targets(self, batch: Any) -> None:
        """Checks the targets of the next batch.

        Args:
            batch: `(x, y, sample_weight)`.

        Raises:
            ArgumentError: If a label is out of range.
        """
        if not self._source.adapter.moved:
            checks.labels(self._model, batch, self._source)
        elif self._open:
            self._open = not self._model.built  # then its outputs are not known yet
            checks.labels(self._model, self._whole(), self._source)

    def step(self, result: Any, batch: Any, place: str) -> None:
        """Looks at the loss of a step.

        Args:
            result: What the step returned.
            batch: `(x, y, sample_weight)`.
            place: Which batch it was, in words.
        """
        if not self._waits:
            self._look(result, batch, place)

    def end(self, result: Any, batch: Any, place: str) -> None:
        """Looks at the loss of the last step, if it was not done.

        Args:
            result: What the step returned, None if there was none.
            batch: `(x, y, sample_weight)`.
            place: Which batch it was, in words.
        """
        if self._waits and result is not None:
            self._look(result, batch, place)

    def _look(self, result: Any, batch: Any, place: str) -> None:
        if not self._warned and not self._is_finite(result):
            self._warned = True
            if self._waits:  # and an earlier batch may be the reason
                batch = self._whole() or batch
            checks.not_finite(batch, self._source, place, self._trains)

    def _whole(self) -> Any:
        """Returns all data on the host, whose rows are counted from the first."""
        whole = self._source.adapter.whole()
        if whole is not None:
            self._source.adapter.rows = None
        return whole

    def _is_finite(self, result: Any) -> bool:
        """Returns whether the loss is; its running total is, where one is kept."""
        tracker = self._model._loss_tracker
        home = tracker.total._home if tracker is not None else None
        loss = result.number("loss") if home is None else float(home.array)
        return loss is None or math.isfinite(loss)
