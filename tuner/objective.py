"""What a search improves: a metric and its direction, or the sum of several."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from kerasish import metrics
from kerasish.callbacks.monitor import find_direction
from kerasish.core.errors import ArgumentError, ArgumentTypeError, suggest
from kerasish.core.naming import to_snake_case
from kerasish.tuner.errors import FatalValueError

__all__ = [
    "DEFAULT_NAME",
    "MultiObjective",
    "Objective",
    "ObjectiveLike",
    "create_objective",
    "infer_direction",
]

# The name of the one number that `run_trial` or `HyperModel.fit` returned.
DEFAULT_NAME = "default_objective"

DIRECTIONS = ("min", "max")


class Objective:
    """A metric and whether it is to be minimised or maximised.

    Args:
        name: str, the metric as it stands in the logs, as in `"val_accuracy"`.
        direction: `"min"` or `"max"`. None lets the metric object of the model tell.

    Raises:
        ArgumentError: If `direction` is something else.
        ArgumentTypeError: If `name` is not a non-empty string.

    Example:
        >>> Objective("val_f1", "max").better_than(0.9, 0.8)
        True
    """

    def __init__(self, name: str, direction: str | None = None) -> None:
        if not isinstance(name, str) or not name:
            raise ArgumentTypeError(
                f"`name` of `Objective` must be the name of a metric. "
                f"Received: name={name!r}"
            )
        if direction is not None and direction not in DIRECTIONS:
            raise ArgumentError(
                f"`direction` of `Objective` {name!r} must be 'min' or 'max'. "
                f"Received: direction={direction!r}"
            )
        self.name = name
        self.direction = direction

    @property
    def parts(self) -> "list[Objective]":
        """The objectives of single metrics that it consists of: itself."""
        return [self]

    def resolve(self, model: Any = None) -> None:
        """Finds the direction where it is not known.

        Args:
            model: The model whose metrics are asked, or None.
        """
        if self.direction is None:
            self.direction = infer_direction(self.name, model)

    def known_direction(self) -> str:
        """Returns the direction.

        Raises:
            FatalValueError: If it is not known.
        """
        self.resolve()
        if self.direction is None:
            raise FatalValueError(
                f"Whether the objective {self.name!r} is better when smaller or when "
                "larger is not known. Pass it as "
                f"`kerasish.tuner.Objective({self.name!r}, direction='max')` or with "
                "'min'."
            )
        return self.direction

    def better_than(self, a: float, b: float | None) -> bool:
        """Returns whether one value is better than another.

        Args:
            a: A value; NaN is never better.
            b: The other one; None and NaN are worse than any number.
        """
        highest = self.known_direction() == "max"
        if math.isnan(a):
            return False
        if b is None or math.isnan(b):
            return True
        return a > b if highest else a < b

    def has_value(self, logs: Mapping[str, Any]) -> bool:
        """Returns whether the metric is in the logs.

        Args:
            logs: Metrics by name.
        """
        return self.name in logs

    def get_value(self, logs: Mapping[str, Any]) -> float:
        """Returns the value of the metric in the logs.

        Args:
            logs: Metrics by name.

        Raises:
            FatalValueError: If it is not there.
        """
        if self.name not in logs:
            raise FatalValueError(_missing(self.name, logs))
        return float(logs[self.name])

    def get_config(self) -> Any:
        """Returns the name and the direction as JSON."""
        return {"name": self.name, "direction": self.direction}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Objective) and self.get_config() == other.get_config()

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f'Objective(name="{self.name}", direction="{self.direction}")'


class MultiObjective(Objective):
    """The sum of several objectives, those to be maximised with a minus sign.

    Args:
        objectives: A list of `Objective`.

    Example:
        >>> both = MultiObjective([Objective("loss", "min"), Objective("gain", "max")])
        >>> both.get_value({"loss": 1.0, "gain": 0.25}), both.direction
        (0.75, 'min')
    """

    def __init__(self, objectives: Sequence[Objective]) -> None:
        super().__init__("multi_objective", "min")
        self.objectives = list(objectives)

    @property
    def parts(self) -> list[Objective]:
        """The objectives of single metrics that it consists of."""
        return self.objectives

    def resolve(self, model: Any = None) -> None:
        """Finds the directions that are not known.

        Args:
            model: The model whose metrics are asked, or None.
        """
        for objective in self.objectives:
            objective.resolve(model)

    def has_value(self, logs: Mapping[str, Any]) -> bool:
        """Returns whether all metrics are in the logs.

        Args:
            logs: Metrics by name.
        """
        return all(objective.has_value(logs) for objective in self.objectives)

    def get_value(self, logs: Mapping[str, Any]) -> float:
        """Returns the sum.

        Args:
            logs: Metrics by name.

        Raises:
            FatalValueError: If a metric is not there.
        """
        total = 0.0
        for objective in self.objectives:
            value = objective.get_value(logs)
            total += value if objective.known_direction() == "min" else -value
        return total

    def get_config(self) -> Any:
        """Returns the names and directions as JSON."""
        return [objective.get_config() for objective in self.objectives]

    def __repr__(self) -> str:
        return (
            f'MultiObjective(name="{self.name}", direction="{self.direction}"): '
            f"{self.objectives}"
        )


ObjectiveLike: TypeAlias = str | Objective | Sequence[str | Objective] | None


def create_objective(objective: ObjectiveLike) -> Objective:
    """Makes an objective of what the user wrote.

    Args:
        objective: The name of a metric, an `Objective`, a list of these, or None for
            the one number, to be minimised, that `run_trial` returns.

    Raises:
        ArgumentError: If a list is empty or names a metric twice.
        ArgumentTypeError: If it is something else.

    Example:
        >>> create_objective("val_loss")
        Objective(name="val_loss", direction="min")
    """
    if objective is None:
        return Objective(DEFAULT_NAME, "min")
    if isinstance(objective, Objective):
        return objective
    if isinstance(objective, str):
        made = Objective(objective)
        made.direction = find_direction(objective, None)
        return made
    if isinstance(objective, Sequence):
        parts = [create_objective(part) for part in objective]
        names = [part.name for part in parts]
        if not parts or len(set(names)) < len(names):
            raise ArgumentError(
                "`objective` must be a list of metrics that differ. "
                f"Received: objective={objective!r}"
            )
        return MultiObjective(parts)
    raise ArgumentTypeError(
        "`objective` must be the name of a metric, an `Objective` or a list of these. "
        f"Received: objective={objective!r}"
    )


def infer_direction(name: str, model: Any = None) -> str | None:
    """Returns the direction of a metric, or None if it is not known.

    Args:
        name: The metric as it stands in the logs.
        model: A model whose metric objects are asked, those of its outputs too. Without
            one, or of a name that it does not know, a metric of kerasish may tell.

    Example:
        >>> infer_direction("val_accuracy"), infer_direction("neg_mse")
        ('max', None)
    """
    found = find_direction(name, model)
    return _direction_by_name(name.removeprefix("val_")) if found is None else found


def _direction_by_name(name: str) -> str | None:
    # The name in logs is that of the class in snake case, or what `compile` was given.
    classes = {to_snake_case(known): known for known in metrics.__all__}
    try:
        metric = metrics.get(classes.get(name, name))
    except (TypeError, ValueError):
        # Unknown, or made only with arguments.
        metric = getattr(metrics, classes.get(name, ""), None)
    direction = getattr(metric, "direction", None)
    return direction if direction in DIRECTIONS else None


def _missing(name: str, logs: Mapping[str, Any]) -> str:
    validated = any(key.startswith("val_") for key in logs)
    if name.startswith("val_") and not validated:
        hint = " No validation data was given: see `validation_data` of `search`."
    else:
        hint = suggest(name, logs)
    return (
        f"The objective {name!r} is not among the metrics of the trial.{hint} "
        f"Available: {', '.join(logs) or 'none'}."
    )
