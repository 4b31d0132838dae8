"""The best of one rate that can be had at a given least value of another."""

from typing import Any

from kerasish import ops
from kerasish.core.errors import ArgumentError
from kerasish.losses.matching import matched
from kerasish.metrics.confusion import confusion_counts
from kerasish.metrics.means import widened
from kerasish.metrics.metric import Metric

__all__ = [
    "PrecisionAtRecall",
    "RecallAtPrecision",
    "SensitivityAtSpecificity",
    "SpecificityAtSensitivity",
]

# Each rate: what is counted, and what else its denominator holds.
RATES = {
    "sensitivity": ("tp", "fn"),
    "recall": ("tp", "fn"),
    "specificity": ("tn", "fp"),
    "precision": ("tp", "fp"),
}
COUNTS = {
    "tp": "true_positives",
    "fp": "false_positives",
    "tn": "true_negatives",
    "fn": "false_negatives",
}


class _OperatingPoint(Metric):
    """The highest value of one rate over the thresholds at which another is enough."""

    direction = "max"
    _wanted: str
    _given: str

    def __init__(
        self,
        value: Any,
        num_thresholds: int,
        class_id: int | None,
        name: str | None,
        dtype: Any,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        of = type(self).__name__
        if not isinstance(value, int | float) or not 0 <= value <= 1:
            raise ArgumentError(
                f"`{self._given}` of `{of}` must be in the range [0, 1]. "
                f"Received: {self._given}={value!r}"
            )
        if not hasattr(num_thresholds, "__index__") or num_thresholds <= 0:
            raise ArgumentError(
                f"`num_thresholds` of `{of}` must be an integer > 0. "
                f"Received: num_thresholds={num_thresholds!r}"
            )
        self.value = value
        self.num_thresholds = num_thresholds
        self.class_id = class_id
        steps = max(num_thresholds - 1, 1)
        self.thresholds = [i / steps for i in range(num_thresholds)]
        if num_thresholds == 1:
            self.thresholds = [0.5]
        self._counts = {
            key: self.add_variable((num_thresholds,), "zeros", "float64", name=name)
            for key, name in COUNTS.items()
        }

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Accumulates a batch.

        Args:
            y_true: Targets 0 and 1.
            y_pred: Predictions of the same shape, from 0 to 1.
            sample_weight: Weights of the samples.
        """
        y_true, y_pred = matched(y_true, widened(y_pred), self.name)
        if self.class_id is not None:
            y_true, y_pred = y_true[..., self.class_id], y_pred[..., self.class_id]
        found = confusion_counts(y_true, y_pred, self.thresholds, sample_weight)
        for key, variable in self._counts.items():
            variable.assign_add(found[key])

    def result(self) -> Any:
        """Returns the highest value, 0 if no threshold gives enough."""
        wanted, given = self._rate(self._wanted), self._rate(self._given)
        allowed = ops.where(ops.greater_equal(given, self.value), wanted, 0.0)
        return ops.cast(ops.max(allowed), self.dtype)

    def _rate(self, name: str) -> Any:
        part, rest = (self._counts[key].value for key in RATES[name])
        return ops.divide_no_nan(part, ops.add(part, rest))

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "num_thresholds": self.num_thresholds,
            "class_id": self.class_id,
            self._given: self.value,
        }


class SensitivityAtSpecificity(_OperatingPoint):
    """The best sensitivity, TP / (TP + FN), where specificity is high enough.

    Args:
        specificity: The least TN / (TN + FP), from 0 to 1.
        num_thresholds: How many thresholds to try, evenly from 0 to 1.
        class_id: Look at one class only.
        name: The name in logs.
        dtype: A dtype name or policy for the result.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> metric = SensitivityAtSpecificity(0.5)
        >>> float(metric([0, 0, 0, 1, 1], [0.0, 0.3, 0.8, 0.3, 0.8]))
        0.5
    """

    _wanted, _given = "sensitivity", "specificity"

    def __init__(
        self,
        specificity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(specificity, num_thresholds, class_id, name, dtype)
        self.specificity = specificity


class SpecificityAtSensitivity(_OperatingPoint):
    """The best specificity, TN / (TN + FP), where sensitivity is high enough.

    Args:
        sensitivity: The least TP / (TP + FN), from 0 to 1.
        num_thresholds: How many thresholds to try, evenly from 0 to 1.
        class_id: Look at one class only.
        name: The name in logs.
        dtype: A dtype name or policy for the result.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> metric = SpecificityAtSensitivity(0.5)
        >>> round(float(metric([0, 0, 0, 1, 1], [0.0, 0.3, 0.8, 0.3, 0.8])), 4)
        0.6667
    """

    _wanted, _given = "specificity", "sensitivity"

    def __init__(
        self,
        sensitivity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(sensitivity, num_thresholds, class_id, name, dtype)
        self.sensitivity = sensitivity


class PrecisionAtRecall(_OperatingPoint):
    """The best precision, TP / (TP + FP), where recall is high enough.

    Args:
        recall: The least TP / (TP + FN), from 0 to 1.
        num_thresholds: How many thresholds to try, evenly from 0 to 1.
        class_id: Look at one class only.
        name: The name in logs.
        dtype: A dtype name or policy for the result.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> metric = PrecisionAtRecall(0.5)
        >>> float(metric([0, 0, 0, 1, 1], [0.0, 0.3, 0.8, 0.3, 0.8]))
        0.5
    """

    _wanted, _given = "precision", "recall"

    def __init__(
        self,
        recall: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(recall, num_thresholds, class_id, name, dtype)
        self.recall = recall


class RecallAtPrecision(_OperatingPoint):
    """The best recall, TP / (TP + FN), where precision is high enough.

    Args:
        precision: The least TP / (TP + FP), from 0 to 1.
        num_thresholds: How many thresholds to try, evenly from 0 to 1.
        class_id: Look at one class only.
        name: The name in logs.
        dtype: A dtype name or policy for the result.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> metric = RecallAtPrecision(0.8)
        >>> float(metric([0, 0, 1, 1], [0.0, 0.5, 0.3, 0.9]))
        0.5
    """

    _wanted, _given = "recall", "precision"

    def __init__(
        self,
        precision: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(precision, num_thresholds, class_id, name, dtype)
        self.precision = precision
