"""Lower the learning rate when a metric has stopped improving."""

import numpy as np

from kerasish.callbacks.callback import Logs
from kerasish.callbacks.checks import check_choice, check_count, check_number
from kerasish.callbacks.learning_rate import get_learning_rate, set_learning_rate
from kerasish.callbacks.monitor import MonitorCallback
from kerasish.callbacks.terminal import write_line
from kerasish.core.errors import ArgumentError

__all__ = ["ReduceLROnPlateau"]


class ReduceLROnPlateau(MonitorCallback):
    """Multiplies the learning rate by a factor when a metric stops improving.

    The learning rate in force during an epoch is added to its logs as `learning_rate`.

    Args:
        monitor: str, name of the metric in the logs. Defaults to `"val_loss"`.
        factor: float above 0 and below 1.
        patience: int, epochs without improvement before the rate is lowered.
        verbose: 0 is silent, 1 says when the rate is lowered.
        mode: `"min"`, `"max"` or `"auto"`, which asks the model's metric.
        min_delta: float, the least change that counts as an improvement.
        cooldown: int, epochs after a change in which the metric is not counted.
        min_lr: float, the least learning rate.

    Raises:
        ArgumentError: If an argument is out of range.
        TypeError: When training begins, if the optimizer was made with a learning-rate
            schedule.

    Example:
        >>> from types import SimpleNamespace
        >>> callback = ReduceLROnPlateau(factor=0.5, patience=1)
        >>> optimizer = SimpleNamespace(learning_rate=0.5)
        >>> callback.set_model(SimpleNamespace(optimizer=optimizer))
        >>> callback.on_train_begin()
        >>> for epoch, loss in enumerate([0.5, 0.4, 0.4, 0.4]):
        ...     callback.on_epoch_end(epoch, {"val_loss": loss})
        >>> optimizer.learning_rate
        0.125
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        owner = type(self).__name__
        self.factor = check_number(owner, "factor", factor)
        if not 0 < self.factor < 1:
            raise ArgumentError(
                f"`factor` of `{owner}` must be above 0 and below 1, as it multiplies "
                f"the learning rate. Received: factor={factor!r}"
            )
        self.patience = check_count(owner, "patience", patience)
        self.verbose = check_choice(owner, "verbose", verbose, (0, 1))
        self.cooldown = check_count(owner, "cooldown", cooldown)
        self.min_lr = check_number(owner, "min_lr", min_lr, low=0.0)
        self._reset()

    def _reset(self) -> None:
        self.best = None
        self.wait = 0
        self.cooldown_counter = 0

    def in_cooldown(self) -> bool:
        """Returns whether the metric is not counted at present."""
        return self.cooldown_counter > 0

    def on_train_begin(self, logs: Logs = None) -> None:
        """Forgets the run before, and refuses an optimizer that has a schedule."""
        super().on_train_begin(logs)
        self._reset()
        # An optimizer with a schedule refuses: better now than at the first plateau.
        rate = get_learning_rate(type(self).__name__, self.model)
        set_learning_rate(self.model, rate)

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Looks at the metric and lowers the rate when the patience is used up."""
        if logs is not None:
            rate = get_learning_rate(type(self).__name__, self.model)
            logs["learning_rate"] = rate
        value = self.get_monitor_value(logs)
        if value is None:
            return
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if self.is_improvement(value, self.best):
            self.best = value
            self.wait = 0
        elif not self.in_cooldown():
            self.wait += 1
            if self.wait >= self.patience:
                self._reduce(epoch)

    def _reduce(self, epoch: int) -> None:
        rate = get_learning_rate(type(self).__name__, self.model)
        # The optimizer rounds to float32: a rate already there must not be "reduced".
        if rate <= np.float32(self.min_lr):
            return
        set_learning_rate(self.model, max(rate * self.factor, self.min_lr))
        self.cooldown_counter = self.cooldown
        self.wait = 0
        if self.verbose:
            now = get_learning_rate(type(self).__name__, self.model)
            write_line(
                f"Epoch {epoch + 1}: ReduceLROnPlateau reducing learning rate to "
                f"{now:.6g}."
            )
