"""The metrics of one trial, as they stand in its file."""

import math
from collections.abc import Mapping
from typing import Any, Self

import numpy as np

from kerasish.core.errors import ArgumentError, unknown

__all__ = ["MetricHistory", "MetricObservation", "MetricsTracker"]


class MetricObservation:
    """The value of a metric at a step: one number for each execution.

    Args:
        value: A float or a list of floats.
        step: int, the epoch.

    Example:
        >>> MetricObservation([0.25, 0.75], step=3).mean()
        0.5
    """

    def __init__(self, value: Any, step: int) -> None:
        values = value if isinstance(value, list) else [value]
        self.value = [float(number) for number in values]
        self.step = int(step)

    def append(self, value: Any) -> None:
        """Adds the values of further executions.

        Args:
            value: A float or a list of floats.
        """
        self.value += MetricObservation(value, self.step).value

    def mean(self) -> float:
        """Returns the mean over the executions."""
        return float(np.mean(self.value))

    def get_config(self) -> dict[str, Any]:
        """Returns the values and the step as JSON; what is not finite as None."""
        finite = [v if math.isfinite(v) else None for v in self.value]
        return {"value": finite, "step": self.step}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Makes an observation from its config.

        Args:
            config: What `get_config` returned.
        """
        value = [math.nan if v is None else v for v in config["value"]]
        return cls(value, config["step"])


class MetricHistory:
    """The observations of one metric, step by step.

    Args:
        direction: `"min"`, `"max"`, or None if it is not known.

    Example:
        >>> history = MetricHistory("max")
        >>> history.update(0.5, step=0)
        >>> history.update(0.75, step=1)
        >>> history.get_best_value(), history.get_best_step()
        (0.75, 1)
    """

    def __init__(self, direction: str | None = "min") -> None:
        if direction not in ("min", "max", None):
            raise ArgumentError(
                f"`direction` of a metric must be 'min' or 'max'. "
                f"Received: direction={direction!r}"
            )
        self.direction = direction
        self._observations: dict[int, MetricObservation] = {}

    def update(self, value: Any, step: int) -> None:
        """Adds a value.

        Args:
            value: A float, or a list with one for each execution.
            step: int, the epoch.
        """
        if step in self._observations:
            self._observations[step].append(value)
        else:
            self._observations[step] = MetricObservation(value, step)

    def get_history(self) -> list[MetricObservation]:
        """Returns the observations in the order of their steps."""
        return [self._observations[step] for step in sorted(self._observations)]

    def set_history(self, observations: list[MetricObservation]) -> None:
        """Replaces the observations.

        Args:
            observations: The new ones.
        """
        self._observations = {o.step: o for o in observations}

    def get_last_value(self) -> float | None:
        """Returns the mean of the last observation, or None without one."""
        history = self.get_history()
        return history[-1].mean() if history else None

    def get_best_value(self) -> float | None:
        """Returns the best mean of all observations, or None without a number."""
        best = self._best()
        return None if best is None else best.mean()

    def get_best_step(self) -> int | None:
        """Returns the step of the best observation, or None without a number."""
        best = self._best()
        return None if best is None else best.step

    def _best(self) -> MetricObservation | None:
        history = [o for o in self.get_history() if not math.isnan(o.mean())]
        if not history:
            return None
        if len(history) > 1 and self.direction is None:
            raise ArgumentError(
                "The best value of a metric needs its direction, 'min' or 'max', "
                "which is not known."
            )
        choose = max if self.direction == "max" else min
        return choose(history, key=MetricObservation.mean)

    def get_config(self) -> dict[str, Any]:
        """Returns the direction and the observations as JSON."""
        observations = [o.get_config() for o in self.get_history()]
        # KerasTuner cannot read a file without a direction, which for the one
        # observation that is kept of a metric makes no difference.
        return {"direction": self.direction or "min", "observations": observations}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Makes a history from its config.

        Args:
            config: What `get_config` returned.
        """
        made = cls(config["direction"])
        made.set_history(
            [MetricObservation.from_config(o) for o in config["observations"]]
        )
        return made


class MetricsTracker:
    """The metrics of a trial by name.

    Example:
        >>> tracker = MetricsTracker()
        >>> tracker.register("val_loss", "min")
        >>> tracker.update("val_loss", 0.5, step=2)
        >>> tracker.get_best_value("val_loss")
        0.5
    """

    def __init__(self) -> None:
        self.metrics: dict[str, MetricHistory] = {}

    def exists(self, name: str) -> bool:
        """Returns whether a metric is registered.

        Args:
            name: str, the metric.
        """
        return name in self.metrics

    def register(self, name: str, direction: str | None = None) -> None:
        """Adds a metric.

        Args:
            name: str, the metric.
            direction: `"min"`, `"max"`, or None if it is not known.

        Raises:
            ArgumentError: If it is registered already.
        """
        if name in self.metrics:
            raise ArgumentError(f"The metric {name!r} is registered already.")
        self.metrics[name] = MetricHistory(direction)

    def update(self, name: str, value: Any, step: int = 0) -> None:
        """Adds a value, registering the metric where needed.

        Args:
            name: str, the metric.
            value: A float, or a list with one for each execution.
            step: int, the epoch.
        """
        if name not in self.metrics:
            self.register(name)
        self.metrics[name].update(value, step)

    def get_history(self, name: str) -> list[MetricObservation]:
        """Returns the observations of a metric.

        Args:
            name: str, the metric.
        """
        return self._get(name).get_history()

    def get_last_value(self, name: str) -> float | None:
        """Returns the last value of a metric.

        Args:
            name: str, the metric.
        """
        return self._get(name).get_last_value()

    def get_best_value(self, name: str) -> float | None:
        """Returns the best value of a metric.

        Args:
            name: str, the metric.
        """
        return self._get(name).get_best_value()

    def get_best_step(self, name: str) -> int | None:
        """Returns the step of the best value of a metric.

        Args:
            name: str, the metric.
        """
        return self._get(name).get_best_step()

    def _get(self, name: str) -> MetricHistory:
        if name not in self.metrics:
            raise unknown("metric of the trial", name, self.metrics)
        return self.metrics[name]

    def get_config(self) -> dict[str, Any]:
        """Returns all metrics as JSON."""
        return {"metrics": {k: m.get_config() for k, m in self.metrics.items()}}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Makes a tracker from its config.

        Args:
            config: What `get_config` returned.
        """
        made = cls()
        for name, metric in config["metrics"].items():
            made.metrics[name] = MetricHistory.from_config(metric)
        return made
