"""Set the learning rate of each epoch by a function."""

import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from kerasish.callbacks.callback import Callback, Logs
from kerasish.callbacks.checks import check_choice
from kerasish.callbacks.learning_rate import get_learning_rate, set_learning_rate
from kerasish.callbacks.terminal import write_line
from kerasish.core.errors import ArgumentError, ArgumentTypeError

__all__ = ["LearningRateScheduler"]


class LearningRateScheduler(Callback):
    """Sets the learning rate at the beginning of each epoch.

    The rate is added to the logs of the epoch as `learning_rate`.

    Args:
        schedule: A function of the epoch (int, from 0) and, if it takes two arguments,
            of the current learning rate. It returns the new one.
        verbose: 0 is silent, 1 says which rate is set.

    Raises:
        ArgumentTypeError: If `schedule` is not callable.
        ArgumentError: In training, if `schedule` returns something else than a finite
            number >= 0.
        TypeError: In training, if the optimizer was made with a schedule.

    Example:
        >>> from types import SimpleNamespace
        >>> callback = LearningRateScheduler(lambda epoch, rate: rate / 2)
        >>> optimizer = SimpleNamespace(learning_rate=0.5)
        >>> callback.set_model(SimpleNamespace(optimizer=optimizer))
        >>> callback.on_epoch_begin(0)
        >>> optimizer.learning_rate
        0.25
    """

    def __init__(self, schedule: Callable[..., Any], verbose: int = 0) -> None:
        if not callable(schedule):
            raise ArgumentTypeError(
                "`schedule` of `LearningRateScheduler` must be a function of the epoch "
                f"and the learning rate. Received: schedule={schedule!r}"
            )
        self.schedule = schedule
        self.verbose = check_choice(type(self).__name__, "verbose", verbose, (0, 1))
        self._takes_rate = _takes_two(schedule)

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        """Asks the function and sets the learning rate."""
        rate = get_learning_rate(type(self).__name__, self.model)
        given = self.schedule(epoch, rate) if self._takes_rate else self.schedule(epoch)
        set_learning_rate(self.model, _as_rate(given))
        if self.verbose:
            rate = get_learning_rate(type(self).__name__, self.model)
            write_line(
                f"Epoch {epoch + 1}: LearningRateScheduler setting learning rate to "
                f"{rate:.6g}."
            )

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Adds the learning rate to the logs."""
        if logs is not None:
            rate = get_learning_rate(type(self).__name__, self.model)
            logs["learning_rate"] = rate


def _takes_two(function: Callable[..., Any]) -> bool:
    try:
        inspect.signature(function).bind(0, 0.0)
    except TypeError:
        return False
    except ValueError:  # a builtin without a signature
        return True
    return True


def _as_rate(value: Any) -> float:
    if not isinstance(value, str | bool | None):
        array = np.asarray(value)
        if array.size == 1 and array.dtype.kind in "fiu":
            rate = float(array.reshape(()))
            if math.isfinite(rate) and rate >= 0:
                return rate
    raise ArgumentError(
        "The `schedule` of `LearningRateScheduler` must return a finite number >= 0. "
        f"Received: {value!r} (of type {type(value).__name__})"
    )
