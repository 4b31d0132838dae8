"""Save the model or its weights while it trains."""

import os
from typing import Any

from kerasish.callbacks.callback import Logs, inherits
from kerasish.callbacks.checks import check_choice, check_count, check_number
from kerasish.callbacks.monitor import MonitorCallback
from kerasish.callbacks.terminal import write_line
from kerasish.core.errors import ArgumentError, suggest

__all__ = ["ModelCheckpoint"]


class ModelCheckpoint(MonitorCallback):
    """Saves the model, or its weights, at some frequency.

    A save either replaces the file completely or leaves the old one, so a run that is
    killed never destroys its checkpoint. Missing folders are made.

    Args:
        filepath: str or path, ending in `.keras` (or `.h5`), or in `.weights.h5` with
            `save_weights_only`. It may hold `{epoch}` (from 1), `{batch}` (from 1, with
            an int `save_freq`) and the names of metrics, with a format as in
            `{epoch:02d}-{val_loss:.2f}`.
        monitor: str, name of the metric that says what is best.
        verbose: 0 is silent, 1 says what is saved.
        save_best_only: bool, whether to save only when `monitor` improves. Where the
            metric has never been in the logs every save is made, with a warning.
        save_weights_only: bool, whether to save the weights rather than the model.
        mode: `"min"`, `"max"` or `"auto"`, which asks the model's metric.
        save_freq: `"epoch"`, or an int: the number of batches between two saves.
        initial_value_threshold: float, a value that the first best has to beat.

    Raises:
        ArgumentError: If an argument is out of range, or `filepath` has a wrong ending
            or names something that is not in the logs.
        IsADirectoryError: If `filepath` is a directory.

    Example:
        >>> from types import SimpleNamespace
        >>> callback = ModelCheckpoint("{epoch:02d}.keras", save_best_only=True)
        >>> callback.set_model(SimpleNamespace(save=print))
        >>> callback.on_train_begin()
        >>> for epoch, loss in enumerate([0.5, 0.6, 0.4]):
        ...     callback.on_epoch_end(epoch, {"val_loss": loss})
        01.keras
        03.keras
    """

    first_process_only = True

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: int | str = "epoch",
        initial_value_threshold: float | None = None,
    ) -> None:
        super().__init__(monitor, mode)
        owner = type(self).__name__
        self.filepath = _check_path(filepath, save_weights_only)
        self.verbose = check_choice(owner, "verbose", verbose, (0, 1))
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        if isinstance(save_freq, str):
            check_choice(owner, "save_freq", save_freq, ("epoch",))
        else:
            save_freq = check_count(owner, "save_freq", save_freq, minimum=1)
        self.save_freq = save_freq
        if initial_value_threshold is not None:
            initial_value_threshold = check_number(
                owner, "initial_value_threshold", initial_value_threshold
            )
        self.best = initial_value_threshold
        self._epoch = 0
        self._batches = 0
        self._seen = False

    def uses_hook(self, name: str) -> bool:
        """Returns whether a hook does something: batches count with an int frequency.

        Args:
            name: Name of the hook.
        """
        if name == "on_train_batch_end" and inherits(self, ModelCheckpoint, name):
            return self.save_freq != "epoch"
        return super().uses_hook(name)

    def on_train_begin(self, logs: Logs = None) -> None:
        """Refuses a path that is a directory before anything is trained."""
        super().on_train_begin(logs)
        _refuse_directory(self.filepath)

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        """Notes the epoch."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Saves when `save_freq` batches have been trained since the last save."""
        if self.save_freq == "epoch":
            return
        self._batches += 1
        if self._batches >= int(self.save_freq):
            self._batches = 0
            self._save(self._epoch, logs or {}, {"batch": batch + 1})

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Saves with `save_freq="epoch"`."""
        if self.save_freq == "epoch":
            self._save(epoch, logs or {}, {})

    def _save(self, epoch: int, logs: dict[str, Any], extra: dict[str, int]) -> None:
        why = ""
        if self.save_best_only:
            value = self.get_monitor_value(logs)
            if value is None:
                # Keras saves then; but a best file must not be lost to some other.
                if self._seen:
                    return
            else:
                self._seen = True
                why = self._compare(epoch, value)
                if not why:
                    return
        path = self._format(logs, {"epoch": epoch + 1, **extra})
        _refuse_directory(path)
        self._say(f"Epoch {epoch + 1}: {why}saving model to {path}")
        folder = os.path.dirname(path)
        if folder:
            os.makedirs(folder, exist_ok=True)
        if self.save_weights_only:
            self.model.save_weights(path)
        else:
            self.model.save(path)

    def _compare(self, epoch: int, value: float) -> str:
        """Returns what to say of an improvement; an empty string if there is none."""
        if self.is_improvement(value, self.best):
            since = "" if self.best is None else f" from {self.best:.5f}"
            self.best = value
            return f"{self.monitor} improved{since} to {value:.5f}, "
        since = "" if self.best is None else f" from {self.best:.5f}"
        self._say(
            f"Epoch {epoch + 1}: {self.monitor} did not improve{since}: {value:.5f}"
        )
        return ""

    def _format(self, logs: dict[str, Any], numbers: dict[str, int]) -> str:
        names = {**logs, **numbers}
        try:
            return self.filepath.format(**names)
        except KeyError as error:
            name = error.args[0]
            hint = suggest(name, names)
            if name == "batch":
                hint = " It is known only where `save_freq` is a number of batches."
            raise ArgumentError(
                f"`filepath` of `ModelCheckpoint` names {name!r}, which is not in the "
                f"logs.{hint} Known: {', '.join(names)}. "
                f"Received: filepath={self.filepath!r}"
            ) from None
        except (ValueError, IndexError, TypeError, AttributeError) as error:
            raise ArgumentError(
                f"`filepath` of `ModelCheckpoint` cannot be formatted: {error}. "
                f"Received: filepath={self.filepath!r}"
            ) from None

    def _say(self, text: str) -> None:
        if self.verbose:
            write_line(text)


def _check_path(filepath: str | os.PathLike[str], weights: bool) -> str:
    try:
        path = os.fspath(filepath)
    except TypeError:
        path = None
    endings = (".weights.h5",) if weights else (".keras", ".h5")
    if not isinstance(path, str) or not path.endswith(endings):
        hint = " with `save_weights_only=True`" if weights else ""
        raise ArgumentError(
            f"`filepath` of `ModelCheckpoint`{hint} must be a path that ends in "
            f"{' or '.join(map(repr, endings))}. Received: filepath={filepath!r}"
        )
    return path


def _refuse_directory(path: str) -> None:
    if os.path.isdir(path):
        raise IsADirectoryError(
            "`filepath` of `ModelCheckpoint` must be a file, but it is an existing "
            f"directory. Received: filepath={path!r}"
        )
