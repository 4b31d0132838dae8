"""Metrics from the counts of right and wrong answers at thresholds."""

from typing import Any

from kerasish import ops
from kerasish.core.errors import ArgumentError
from kerasish.losses.matching import matched
from kerasish.metrics.means import widened
from kerasish.metrics.metric import Metric

__all__ = [
    "FalseNegatives",
    "FalsePositives",
    "Precision",
    "Recall",
    "TrueNegatives",
    "TruePositives",
    "checked_thresholds",
    "confusion_counts",
]


def confusion_counts(
    y_true: Any, y_pred: Any, thresholds: Any, sample_weight: Any = None
) -> dict[str, Any]:
    """Returns weighted counts of the four outcomes at each threshold.

    Args:
        y_true: Targets 0 and 1 `(batch, ...)`.
        y_pred: Predictions of the same shape; NaN counts as below every threshold.
        thresholds: List of numbers.
        sample_weight: Weights that broadcast over the targets.

    Returns:
        Dict with "tp", "fp", "tn" and "fn", float64 tensors `(thresholds,)`.

    Example:
        >>> confusion_counts([1, 0], [0.7, 0.7], [0.5])["fp"].tolist()
        [1.0]
    """
    y_true, y_pred = matched(y_true, widened(y_pred), "confusion_counts")
    positive = ops.reshape(ops.cast(ops.cast(y_true, "bool"), "float64"), (1, -1))
    weight: Any = ops.ones_like(y_true, dtype="float64")
    if sample_weight is not None:
        given = ops.cast(sample_weight, "float64")
        while len(given.shape) < len(y_true.shape):
            given = ops.expand_dims(given, -1)
        weight = weight * given
    weight = ops.reshape(weight, (1, -1))
    limits = ops.reshape(ops.convert_to_tensor(list(thresholds), "float64"), (-1, 1))
    scores = ops.reshape(ops.cast(y_pred, "float64"), (1, -1))
    called = ops.cast(ops.greater(scores, limits), "float64")
    hits, calls = positive * weight, called * weight
    tp = ops.sum(called * hits, axis=1)
    fp = ops.sum(calls, axis=1) - tp
    fn = ops.sum(hits) - tp
    tn = ops.sum(weight) - tp - fp - fn
    return {"tp": tp, "fp": fp, "tn": tn, "fn": fn}


def checked_thresholds(thresholds: Any, default: float = 0.5) -> list[float]:
    """Returns thresholds as a list.

    Args:
        thresholds: A number, a list, or None.
        default: What None stands for.

    Raises:
        ArgumentError: If one is not from 0 to 1.
    """
    given = default if thresholds is None else thresholds
    found = list(given) if isinstance(given, list | tuple) else [given]
    wrong = [t for t in found if t is None or not 0 <= t <= 1]
    if wrong:
        raise ArgumentError(
            f"Threshold values must be in [0, 1]. Received invalid values: {wrong}"
        )
    return [float(t) for t in found]


class _Counts(Metric):
    """Accumulates some of the four counts."""

    _kept: tuple[str, ...]

    def __init__(
        self, thresholds: Any = None, name: str | None = None, dtype: Any = None
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        self.init_thresholds = thresholds
        self.thresholds = checked_thresholds(thresholds)
        shape = (len(self.thresholds),)
        self._counts = {
            key: self.add_variable(shape, "zeros", dtype="float64", name=key)
            for key in self._kept
        }

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Accumulates a batch."""
        self._accumulate(y_true, y_pred, sample_weight)

    def _accumulate(self, y_true: Any, y_pred: Any, sample_weight: Any) -> None:
        found = confusion_counts(y_true, y_pred, self.thresholds, sample_weight)
        for key, variable in self._counts.items():
            variable.assign_add(found[key])

    def _shown(self, value: Any) -> Any:
        value = ops.cast(value, self.dtype)
        return value[0] if len(self.thresholds) == 1 else value

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {**super().get_config(), "thresholds": self.init_thresholds}


class _Count(_Counts):
    """One of the four counts."""

    def result(self) -> Any:
        """Returns the count at each threshold."""
        return self._shown(self._counts[self._kept[0]])


class TruePositives(_Count):
    """How often 1 was rightly called.

    Args:
        thresholds: Above which a prediction calls 1: a number, a list, 0.5 if None.
        name: The name in logs.
        dtype: A dtype name or policy for the result.

    Example:
        >>> float(TruePositives()([1, 0], [0.7, 0.7]))
        1.0
    """

    direction = "max"
    _kept = ("tp",)


class TrueNegatives(_Count):
    """How often 0 was rightly called.

    Args:
        thresholds: Above which a prediction calls 1: a number, a list, 0.5 if None.
        name: The name in logs.
        dtype: A dtype name or policy for the result.

    Example:
        >>> float(TrueNegatives()([1, 0], [0.7, 0.3]))
        1.0
    """

    direction = "max"
    _kept = ("tn",)


class FalsePositives(_Count):
    """How often 1 was wrongly called.

    Args:
        thresholds: Above which a prediction calls 1: a number, a list, 0.5 if None.
        name: The name in logs.
        dtype: A dtype name or policy for the result.

    Example:
        >>> float(FalsePositives()([1, 0], [0.7, 0.7]))
        1.0
    """

    direction = "min"
    _kept = ("fp",)


class FalseNegatives(_Count):
    """How often 0 was wrongly called.

    Args:
        thresholds: Above which a prediction calls 1: a number, a list, 0.5 if None.
        name: The name in logs.
        dtype: A dtype name or policy for the result.

    Example:
        >>> float(FalseNegatives()([1, 0], [0.3, 0.7]))
        1.0
    """

    direction = "min"
    _kept = ("fn",)


class _TopCounts(_Counts):
    """Counts of one class, or of the k largest predictions of a row."""

    def __init__(
        self,
        thresholds: Any = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(thresholds, name, dtype)
        if thresholds is None and top_k is not None:
            self.thresholds = [float("-inf")]  # the k largest are called, whatever
        self.top_k = top_k
        self.class_id = class_id

    def _accumulate(self, y_true: Any, y_pred: Any, sample_weight: Any) -> None:
        y_true, y_pred = matched(y_true, widened(y_pred), self.name)
        if self.top_k is not None:
            _, places = ops.top_k(y_pred, self.top_k)
            hot = ops.max(ops.one_hot(places, y_pred.shape[-1]), axis=-2)
            low = ops.cast(float("-inf"), y_pred.dtype)
            y_pred = ops.where(hot > 0, y_pred, low)
        if self.class_id is not None:
            y_true = y_true[..., self.class_id]
            y_pred = y_pred[..., self.class_id]
        super()._accumulate(y_true, y_pred, sample_weight)

    def result(self) -> Any:
        """Returns the share at each threshold; 0 of nothing."""
        right, other = (self._counts[key].value for key in self._kept)
        return self._shown(ops.divide_no_nan(right, right + other))  # type: ignore[operator]

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        config = super().get_config()
        return {**config, "top_k": self.top_k, "class_id": self.class_id}


class Precision(_TopCounts):
    """The share of right ones among those called 1.

    Args:
        thresholds: Above which a prediction calls 1: a number, a list, 0.5 if None.
        top_k: Count only the k largest predictions of a row as calls.
        class_id: Look at one class only.
        name: The name in logs.
        dtype: A dtype name or policy for the result.

    Example:
        >>> float(Precision()([1, 0], [0.7, 0.7]))
        0.5
    """

    direction = "max"
    _kept = ("tp", "fp")


class Recall(_TopCounts):
    """The share of those that are 1 that were called 1.

    Args:
        thresholds: Above which a prediction calls 1: a number, a list, 0.5 if None.
        top_k: Count only the k largest predictions of a row as calls.
        class_id: Look at one class only.
        name: The name in logs.
        dtype: A dtype name or policy for the result.

    Example:
        >>> float(Recall()([1, 1], [0.7, 0.3]))
        0.5
    """

    direction = "max"
    _kept = ("tp", "fn")
