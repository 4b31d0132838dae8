"""Shows the progress of `fit`, `evaluate` and `predict`."""

import time
from typing import Any

from kerasish.callbacks.callback import Callback, Logs, inherits
from kerasish.callbacks.progbar import Progbar
from kerasish.callbacks.terminal import is_live, resolve_verbose, write_line

__all__ = ["ProgbarLogger"]

INTERVAL = 0.1  # seconds between two drawings


class ProgbarLogger(Callback):
    """Prints progress and metrics; `fit`, `evaluate` and `predict` add one.

    With `verbose=1` there is a bar for each epoch, in a terminal or notebook redrawn at
    most ten times a second, and elsewhere only its last line. With `verbose=2` there is
    one line for each epoch, and with 0 none. `"auto"` is 1 in a terminal or notebook;
    elsewhere it is 2 in `fit` and 0 in `evaluate` and `predict`.

    The metrics of a batch are read only when the bar is drawn.

    Example:
        >>> callback = ProgbarLogger()
        >>> callback.set_params({"verbose": 2, "epochs": 3, "steps": 45})
        >>> callback.on_train_begin()
        >>> callback.on_epoch_begin(0)
        Epoch 1/3
        >>> callback.on_train_batch_end(44)
        >>> callback.on_epoch_end(0, {"accuracy": 0.5, "loss": 1.25})
        45/45 - 0s - ...s/step - accuracy: 0.5000 - loss: 1.2500
    """

    first_process_only = True

    def __init__(self) -> None:
        self.verbose = 1
        self.epochs = 1
        self.target: int | None = None
        self.seen = 0
        self.progbar: Progbar | None = None
        self._auto = False
        self._live = False
        self._in_fit = False
        self._next_draw = 0.0
        self._start = 0.0
        self._step_seconds: float | None = None

    def set_params(self, params: dict[str, Any]) -> None:
        """Receives `verbose`, `epochs` and `steps`.

        Args:
            params: The parameters of the run.

        Raises:
            ArgumentError: If `verbose` is not 0, 1, 2 or `"auto"`.
        """
        super().set_params(params)
        verbose = params.get("verbose", "auto")
        self.verbose = resolve_verbose(verbose)
        self._auto = verbose == "auto"
        self.epochs = params.get("epochs") or 1
        self.target = params.get("steps")
        self._live = self.verbose == 1 and is_live()

    def uses_hook(self, name: str) -> bool:
        """Returns whether a hook does something; nothing does if it is silent.

        Args:
            name: Name of the hook.
        """
        if not inherits(self, ProgbarLogger, name):
            return super().uses_hook(name)
        if self.verbose == 0 or inherits(self, Callback, name):
            return False
        return not (self._in_fit and name == "on_test_batch_end") or self._live

    def on_train_begin(self, logs: Logs = None) -> None:
        """Notes that validations are part of `fit`."""
        self._in_fit = True
        self._next_draw = 0.0

    def on_train_end(self, logs: Logs = None) -> None:
        """Notes that `fit` has ended."""
        self._in_fit = False

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        """Starts the bar of an epoch."""
        label = f"Epoch {epoch + 1:>{len(str(self.epochs))}}/{self.epochs}"
        if self.verbose == 2:
            write_line(label)
            label = ""
        self._open(label, self.target)
        if self._next_draw == 0.0:
            # The first step records and may take long: show at once that it runs.
            self._show(None)

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Counts a step and draws the bar when it is time."""
        self._step(batch, logs)

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Prints the last line of an epoch."""
        self._finish(logs)
        if self.target is None:
            self.target = self.seen

    def on_test_begin(self, logs: Logs = None) -> None:
        """Starts a bar, or says in that of the epoch that validation has begun."""
        if self._in_fit:
            self._step_seconds = time.perf_counter() - self._start
            self._show(None, "validating")
        else:
            self._open_alone()

    def on_test_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Counts a batch and draws the bar when it is time."""
        if not self._in_fit:
            self._step(batch, logs)
        elif time.perf_counter() >= self._next_draw:
            self._show(None, f"validating, batch {batch + 1}")

    def on_test_end(self, logs: Logs = None) -> None:
        """Prints the last line of `evaluate`."""
        if not self._in_fit:
            self._finish(logs)

    def on_predict_begin(self, logs: Logs = None) -> None:
        """Starts a bar."""
        self._open_alone()

    def on_predict_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Counts a batch and draws the bar when it is time."""
        self._step(batch, None)

    def on_predict_end(self, logs: Logs = None) -> None:
        """Prints the last line of `predict`."""
        self._finish(None)

    def on_abort(self, error: BaseException | None = None) -> None:
        """Leaves the bar as it stands, with the cursor on a new line."""
        self._in_fit = False
        if self.progbar is not None:
            self.progbar.close()
            self.progbar = None

    def _open_alone(self) -> None:
        # A script that prints what it evaluates needs no second line about it.
        silent = self._auto and self.verbose == 2
        self._open("", self.target, silent)
        self._next_draw = 0.0

    def _open(self, label: str, target: int | None, silent: bool = False) -> None:
        self.seen = 0
        self._start = time.perf_counter()
        self._step_seconds = None
        verbose = 0 if silent else self.verbose
        self.progbar = Progbar(target, verbose=verbose, label=label)

    def _step(self, batch: int, logs: Logs) -> None:
        self.seen = batch + 1
        if self._live and time.perf_counter() >= self._next_draw:
            self._show(logs)

    def _show(self, logs: Logs, note: str = "") -> None:
        if self._live and self.progbar is not None:
            values = None if logs is None else logs.items()
            self.progbar.draw(self.seen, values, note)
            self._next_draw = time.perf_counter() + INTERVAL

    def _finish(self, logs: Logs) -> None:
        if self.progbar is not None:
            values = (logs or {}).items()
            self.progbar.finish(self.seen, values, self._step_seconds)
            self.progbar = None
