"""What callbacks that watch one metric share: its value, its direction, its best."""

import math
import operator
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from kerasish.callbacks.callback import Callback, Logs
from kerasish.callbacks.checks import check_choice, check_number
from kerasish.core.errors import (
    ArgumentError,
    ArgumentTypeError,
    KerasishWarning,
    suggest,
)

__all__ = ["MonitorCallback", "find_direction"]

OPERATORS = {"min": operator.lt, "max": operator.gt}


class MonitorCallback(Callback):
    """Base of callbacks that act on whether a metric improves.

    NaN is worse than any number: it never counts as an improvement, and any number is
    an improvement on it.

    Args:
        monitor: str, name of the metric in the logs, as in `"val_loss"`.
        mode: `"min"`, `"max"`, or `"auto"`: losses are minimised, and a metric goes the
            way that its object in the model says.
        min_delta: float, the least change that counts; its sign is ignored.

    Raises:
        ArgumentError: If an argument is out of range; at the end of the first epoch, if
            `mode` is `"auto"` and the direction cannot be told.

    Example:
        >>> callback = MonitorCallback("val_accuracy", mode="max")
        >>> callback.is_improvement(0.9, 0.8), callback.is_improvement(0.9, None)
        (True, True)
        >>> callback.is_improvement(float("nan"), None)
        False
    """

    def __init__(
        self, monitor: str = "val_loss", mode: str = "auto", min_delta: float = 0.0
    ) -> None:
        owner = type(self).__name__
        if not isinstance(monitor, str) or not monitor:
            raise ArgumentError(
                f"`monitor` of `{owner}` must be the name of a metric. "
                f"Received: monitor={monitor!r}"
            )
        self.monitor = monitor
        self.mode = check_choice(owner, "mode", mode, ("auto", "min", "max"))
        self.min_delta = abs(check_number(owner, "min_delta", min_delta))
        self.best: float | None = None
        self._direction = None if mode == "auto" else mode
        self._warned = False

    @property
    def monitor_op(self) -> Callable[[float, float], bool] | None:
        """The comparison "is better than"; None until the direction is known."""
        return None if self._direction is None else OPERATORS[self._direction]

    def on_train_begin(self, logs: Logs = None) -> None:
        """Lets a missing metric be warned about again in this run."""
        self._warned = False

    def get_monitor_value(self, logs: Logs) -> float | None:
        """Returns the value of the metric in the logs, or None with one warning.

        Args:
            logs: The metrics of an epoch or batch.

        Raises:
            ArgumentError: If the direction of the metric cannot be told.
            ArgumentTypeError: If the value is not one number.
        """
        logs = logs or {}
        if self._direction is None:
            self._direction = self._find_direction(logs)
        if self.monitor in logs:
            return self._as_number(logs[self.monitor])
        if not self._warned:
            self._warned = True
            warnings.warn(self._missing(logs), KerasishWarning, stacklevel=2)
        return None

    def is_improvement(self, value: float, reference: float | None) -> bool:
        """Returns whether a value is better than a reference by `min_delta`.

        Args:
            value: The new value.
            reference: The best so far; None or NaN if there is none.
        """
        better = self.monitor_op
        if better is None or math.isnan(value):
            return False
        if reference is None or math.isnan(reference):
            return True
        delta = self.min_delta if self._direction == "max" else -self.min_delta
        return better(value - delta, reference)

    def _find_direction(self, logs: dict[str, Any]) -> str:
        direction = find_direction(self.monitor, self.model)
        if direction is not None:
            return direction
        if self.monitor not in logs:
            raise ArgumentError(self._missing(logs))
        raise ArgumentError(
            f"`{type(self).__name__}` cannot tell whether the metric "
            f"{self.monitor!r} is better when smaller or when larger. "
            "Pass `mode='min'` or `mode='max'`."
        )

    def _missing(self, logs: dict[str, Any]) -> str:
        validated = any(name.startswith("val_") for name in logs)
        if self.monitor.startswith("val_") and not validated:
            hint = " There was no validation: see `validation_data` of `fit`."
        else:
            hint = suggest(self.monitor, logs)
        return (
            f"`monitor` of `{type(self).__name__}` is not among the metrics: "
            f"{self.monitor!r}.{hint} Available: {', '.join(logs) or 'none'}."
        )

    def _as_number(self, value: Any) -> float:
        array = np.asarray(value)
        if array.size != 1 or array.dtype.kind not in "bfiu":
            raise ArgumentTypeError(
                f"The metric {self.monitor!r} that `{type(self).__name__}` monitors "
                f"must be one number. Received: {value!r}"
            )
        return float(array.reshape(()))


def find_direction(monitor: str, model: Any) -> str | None:
    """Finds whether a metric is minimised or maximised.

    Args:
        monitor: Name of the metric in the logs, with or without `val_`; in a model of
            several outputs it starts with the name of the output.
        model: A model; each of its `metrics` has a `name` and may have a `direction`,
            `"min"` or `"max"`.

    Returns:
        `"min"`, `"max"`, or None if that is not known.

    Example:
        >>> find_direction("val_loss", None), find_direction("gain", None)
        ('min', None)
    """
    name = monitor.removeprefix("val_")
    directions = dict(_directions(getattr(model, "metrics", None) or ()))
    if directions.get(name):
        return directions[name]
    if name == "loss" or name.endswith("_loss"):
        return "min"
    if name in directions:
        return None
    # The longest name, so that "a_top_k_accuracy" is not taken for an "accuracy".
    endings = [known for known in directions if _of_output(name, known, model)]
    return directions[max(endings, key=len)] if endings else None


def _of_output(name: str, metric: str, model: Any) -> bool:
    """Returns whether a name in the logs is that of a metric of one output."""
    if not name.endswith(f"_{metric}"):
        return False
    outputs = getattr(model, "output_names", None)
    # A model that does not name its outputs may put any name in front.
    prefix = name.removesuffix(f"_{metric}").removesuffix("_weighted")
    return not outputs or prefix in {*outputs, "weighted"}


def _directions(metrics: Iterable[Any]) -> Iterator[tuple[str, str | None]]:
    for metric in metrics:
        yield metric.name, getattr(metric, "direction", None)
        yield from _directions(getattr(metric, "metrics", None) or ())
