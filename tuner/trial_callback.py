"""The callback of a trial: keeps the weights of its best epoch, calls the tuner."""

from typing import Any

from kerasish.callbacks.callback import Callback, Logs
from kerasish.tuner.objective import infer_direction
from kerasish.tuner.trial import Trial

__all__ = ["TrialCallback"]

BATCH_HOOKS = ("on_batch_begin", "on_batch_end")


class TrialCallback(Callback):
    """Saves the weights of the best epoch of all executions of a trial.

    It also passes the beginnings and ends of epochs and batches on to the tuner.

    Args:
        tuner: The tuner.
        trial: The trial.
    """

    def __init__(self, tuner: Any, trial: Trial) -> None:
        self.tuner = tuner
        self.trial = trial
        self.best: float | None = None
        self._is_measured = False

    def uses_hook(self, name: str) -> bool:
        """Returns whether calling a hook has an effect.

        Those of batches have none unless the tuner overrides them or limits the size
        of a model, which may not be known before its first batch.

        Args:
            name: Name of a hook.
        """
        short = name.replace("on_train_batch", "on_batch")
        if short in BATCH_HOOKS:
            limited = self.tuner.max_model_size is not None
            return bool(limited or self.tuner.overrides(short))
        return super().uses_hook(name)

    def on_train_begin(self, logs: Logs = None) -> None:
        """Measures the new model of an execution afresh."""
        self._is_measured = False

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        """Passes it on to the tuner."""
        self.tuner.on_epoch_begin(self.trial, self.model, epoch, logs=logs)

    def on_batch_begin(self, batch: int, logs: Logs = None) -> None:
        """Passes it on to the tuner."""
        self.tuner.on_batch_begin(self.trial, self.model, batch, logs)

    def on_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Refuses a model that is too large, and passes it on to the tuner."""
        if not self._is_measured:
            self.tuner.check_size(self.model)
            self._is_measured = True
        self.tuner.on_batch_end(self.trial, self.model, batch, logs)

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Saves the weights if the epoch is the best of the trial so far."""
        logs = logs or {}
        metrics = self.trial.metrics
        for name in logs:
            if not metrics.exists(name):
                metrics.register(name, infer_direction(name, self.model))
        objective = self.tuner.oracle.objective
        objective.resolve(self.model)
        # Without a validation in this epoch there is no value to compare.
        if objective.has_value(logs):
            value = objective.get_value(logs)
            if objective.better_than(value, self.best):
                self.best = value
                self.tuner.save_model(self.trial.trial_id, self.model, step=epoch)
        self.tuner.on_epoch_end(self.trial, self.model, epoch, logs=logs)
