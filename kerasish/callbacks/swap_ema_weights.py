"""Evaluate with the moving averages of the weights that the optimizer keeps."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from kerasish.callbacks.callback import Callback, Logs
from kerasish.core.errors import ArgumentError

__all__ = ["SwapEMAWeights"]


class SwapEMAWeights(Callback):
    """Puts the averaged weights in the model while it is evaluated or predicts.

    The optimizer must be made with `use_ema=True`. The trained weights come back
    afterwards, also when the evaluation ends by an exception.

    Args:
        swap_on_epoch: bool, whether the averages are in the model from the end of an
            epoch to the beginning of the next as well, so that a `ModelCheckpoint`
            which stands after this callback saves them.

    Raises:
        ArgumentError: When a run begins, if the optimizer keeps no averages.

    Example:
        >>> SwapEMAWeights(swap_on_epoch=True).swap_on_epoch
        True
    """

    def __init__(self, swap_on_epoch: bool = False) -> None:
        self.swap_on_epoch = swap_on_epoch
        self._trained: list[tuple[Any, Any]] | None = None

    def on_train_begin(self, logs: Logs = None) -> None:
        """Refuses an optimizer without averages."""
        self._trained = None
        self._optimizer()

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        """Puts the trained weights back."""
        self._restore()

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Puts the averages in with `swap_on_epoch`."""
        if self.swap_on_epoch:
            self._swap()

    def on_train_end(self, logs: Logs = None) -> None:
        """Leaves in the model what is there: `fit` ends with the averages."""
        self._trained = None

    def on_test_begin(self, logs: Logs = None) -> None:
        """Puts the averages in."""
        self._swap()

    def on_test_end(self, logs: Logs = None) -> None:
        """Puts the trained weights back."""
        self._restore()

    def on_predict_begin(self, logs: Logs = None) -> None:
        """Puts the averages in."""
        self._swap()

    def on_predict_end(self, logs: Logs = None) -> None:
        """Puts the trained weights back."""
        self._restore()

    def on_abort(self, error: BaseException | None = None) -> None:
        """Puts the trained weights back."""
        self._restore()

    def _optimizer(self) -> Any:
        optimizer = getattr(self.model, "optimizer", None)
        # A LossScaleOptimizer wraps the one that keeps the averages.
        optimizer = getattr(optimizer, "inner_optimizer", optimizer)
        if not getattr(optimizer, "use_ema", False):
            raise ArgumentError(
                "`SwapEMAWeights` needs an optimizer made with `use_ema=True`. "
                f"Received: optimizer={optimizer!r}"
            )
        return optimizer

    def _averages(self) -> Iterator[tuple[Any, Any]]:
        optimizer = self._optimizer()
        averages = getattr(optimizer, "_averages", ())
        variables = getattr(optimizer, "_trainable_variables", ())
        return zip(variables, averages, strict=False)

    def _swap(self) -> None:
        if self._trained is not None:
            return
        pairs = list(self._averages())
        # Kept here rather than in the optimizer's averages, which training that stops
        # or fails now would otherwise end with.
        self._trained = [(variable, np.array(variable)) for variable, _ in pairs]
        for variable, average in pairs:
            variable.assign(average)

    def _restore(self) -> None:
        for variable, value in self._trained or ():
            variable.assign(value)
        self._trained = None
