"""Stop training when a metric has stopped improving."""

from typing import Any

import numpy as np

from kerasish.callbacks.callback import Logs
from kerasish.callbacks.checks import check_choice, check_count, check_number
from kerasish.callbacks.monitor import MonitorCallback
from kerasish.callbacks.terminal import write_line

__all__ = ["EarlyStopping"]


class EarlyStopping(MonitorCallback):
    """Stops training when a metric has not improved for a number of epochs.

    After the run `stopped_epoch` is the index of the epoch at whose end it stopped (0
    if it did not), `best` the best value and `best_epoch` the index of its epoch. NaN
    is never an improvement, not even in the first epoch.

    Args:
        monitor: str, name of the metric in the logs. Defaults to `"val_loss"`.
        min_delta: float, the least change that counts as an improvement.
        patience: int, epochs without improvement after which training stops.
        verbose: 0 is silent, 1 says when it stops and what it restores.
        mode: `"min"`, `"max"` or `"auto"`, which asks the model's metric.
        baseline: float, a value to beat. Until an improvement beats it, improvements
            do not start the patience anew. Defaults to none.
        restore_best_weights: bool, whether to end with the weights of the best epoch,
            be it that training stopped or that all epochs ran.
        start_from_epoch: int, epochs to wait before the metric is looked at.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> from types import SimpleNamespace
        >>> callback = EarlyStopping(patience=2)
        >>> callback.set_model(SimpleNamespace(stop_training=False))
        >>> callback.on_train_begin()
        >>> for epoch, loss in enumerate([0.5, 0.4, 0.45, 0.41]):
        ...     callback.on_epoch_end(epoch, {"val_loss": loss})
        >>> callback.model.stop_training, callback.stopped_epoch, callback.best_epoch
        (True, 3, 1)
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        owner = type(self).__name__
        self.patience = check_count(owner, "patience", patience)
        self.verbose = check_choice(owner, "verbose", verbose, (0, 1))
        if baseline is not None:
            baseline = check_number(owner, "baseline", baseline)
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = check_count(owner, "start_from_epoch", start_from_epoch)
        self._reset()

    def _reset(self) -> None:
        self.wait = 0
        self.stopped_epoch = 0
        self.best = None
        self.best_epoch = 0
        self.best_weights: list[Any] | None = None

    def on_train_begin(self, logs: Logs = None) -> None:
        """Forgets the run before."""
        super().on_train_begin(logs)
        self._reset()

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Looks at the metric and stops when the patience is used up."""
        value = self.get_monitor_value(logs)
        if value is None or epoch < self.start_from_epoch:
            return
        self.wait += 1
        if self.is_improvement(value, self.best):
            self._keep(epoch, value)
        elif self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def _keep(self, epoch: int, value: float) -> None:
        self.best, self.best_epoch = value, epoch
        if self.restore_best_weights:
            # Copies: the model may hand out the arrays that it goes on training.
            self.best_weights = [np.array(w) for w in self.model.get_weights()]
        if self.baseline is None or self.is_improvement(value, self.baseline):
            self.wait = 0

    def on_train_end(self, logs: Logs = None) -> None:
        """Restores the best weights and says what happened."""
        if self.stopped_epoch > 0 and self.verbose:
            write_line(f"Epoch {self.stopped_epoch + 1}: early stopping")
        if self.best_weights is None:
            return
        if self.verbose:
            write_line(
                "Restoring model weights from the end of the best epoch: "
                f"{self.best_epoch + 1}."
            )
        self.model.set_weights(self.best_weights)
        self.best_weights = None
