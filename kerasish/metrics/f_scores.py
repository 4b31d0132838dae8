"""F scores and the coefficient of determination."""

from typing import Any

from kerasish import ops
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.losses.matching import matched
from kerasish.metrics.means import widened
from kerasish.metrics.metric import Metric

__all__ = ["F1Score", "FBetaScore", "R2Score"]


class FBetaScore(Metric):
    """The weighted harmonic mean of precision and recall, for each class.

    Args:
        average: None for a score a class, "micro", "macro" or "weighted".
        beta: Weight of recall, positive.
        threshold: Above which a prediction calls 1; None calls the largest of a row.
        name: The name in logs.
        dtype: A dtype name or policy for the result.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> FBetaScore(beta=2.0)(np.eye(2), np.eye(2)).tolist()
        [1.0, 1.0]
    """

    direction = "max"

    def __init__(
        self,
        average: str | None = None,
        beta: float = 1.0,
        threshold: float | None = None,
        name: str | None = "fbeta_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        if average not in (None, "micro", "macro", "weighted"):
            raise ArgumentError(
                "`average` must be None, 'micro', 'macro' or 'weighted'. "
                f"Received: {average!r}"
            )
        if not isinstance(beta, float) or beta <= 0:
            raise ArgumentError(f"`beta` must be a positive float. Received: {beta!r}")
        if threshold is not None and not 0 < threshold <= 1:
            raise ArgumentError(
                f"`threshold` must be above 0 and at most 1. Received: {threshold!r}"
            )
        self.average = average
        self.beta = beta
        self.threshold = threshold
        self._counts: dict[str, Any] = {}

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Accumulates a batch.

        Args:
            y_true: Targets 0 and 1 `(batch, classes)`.
            y_pred: Predictions of the same shape.
            sample_weight: Weights of the samples.
        """
        y_true, y_pred = matched(y_true, widened(y_pred), self.name)
        if len(y_pred.shape) != 2:
            raise ShapeError(
                f"`{self.name}` needs predictions (batch, classes). "
                f"Received: shape {tuple(y_pred.shape)}"
            )
        if not self._counts:
            shape = () if self.average == "micro" else (y_pred.shape[-1],)
            self._counts = {
                key: self.add_variable(shape, "zeros", dtype="float64", name=key)
                for key in ("tp", "fp", "fn", "weight")
            }
        if self.threshold is None:
            top = ops.max(y_pred, axis=-1, keepdims=True)
            called = ops.logical_and(y_pred >= top, ops.absolute(y_pred) > 1e-9)
        else:
            called = y_pred > self.threshold
        called, truth = ops.cast(called, "float64"), ops.cast(y_true, "float64")
        weight: Any = 1.0
        if sample_weight is not None:
            weight = ops.expand_dims(ops.cast(sample_weight, "float64"), 1)
        axis = None if self.average == "micro" else 0
        found = {
            "tp": called * truth,
            "fp": called * (1.0 - truth),
            "fn": (1.0 - called) * truth,
            "weight": truth,
        }
        for key, variable in self._counts.items():
            variable.assign_add(ops.sum(found[key] * weight, axis=axis))

    def result(self) -> Any:
        """Returns the score, or one for each class."""
        if not self._counts:
            return ops.cast(0.0, self.dtype)
        tp, fp, fn, weight = (v.value for v in self._counts.values())
        square = self.beta**2
        precision = ops.divide_no_nan(tp, tp + fp)
        recall = ops.divide_no_nan(tp, tp + fn)
        above = (1.0 + square) * precision * recall
        scores = ops.divide_no_nan(above, square * precision + recall)
        if self.average == "weighted":
            scores = ops.sum(scores * ops.divide_no_nan(weight, ops.sum(weight)))
        elif self.average is not None:
            scores = ops.mean(scores)
        return ops.cast(scores, self.dtype)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "average": self.average,
            "beta": self.beta,
            "threshold": self.threshold,
        }


class F1Score(FBetaScore):
    """The harmonic mean of precision and recall, for each class.

    Args:
        average: None for a score a class, "micro", "macro" or "weighted".
        threshold: Above which a prediction calls 1; None calls the largest of a row.
        name: The name in logs.
        dtype: A dtype name or policy for the result.

    Example:
        >>> F1Score()(np.eye(2), np.eye(2)).tolist()
        [1.0, 1.0]
    """

    def __init__(
        self,
        average: str | None = None,
        threshold: float | None = None,
        name: str | None = "f1_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(average, 1.0, threshold, name, dtype)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {k: v for k, v in super().get_config().items() if k != "beta"}


class R2Score(Metric):
    """The share of the targets' variance that the predictions explain.

    Args:
        class_aggregation: "uniform_average", "variance_weighted_average", or None for
            one score a column.
        num_regressors: Number of inputs, for the adjusted score; 0 for the plain one.
        name: The name in logs.
        dtype: A dtype name or policy for the result.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> float(R2Score()([[1.0], [2.0]], [[1.0], [2.0]]))
        1.0
    """

    direction = "max"

    def __init__(
        self,
        class_aggregation: str | None = "uniform_average",
        num_regressors: int = 0,
        name: str | None = "r2_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        known = (None, "uniform_average", "variance_weighted_average")
        if class_aggregation not in known:
            raise ArgumentError(
                f"`class_aggregation` must be one of {known}. "
                f"Received: {class_aggregation!r}"
            )
        if num_regressors < 0:
            raise ArgumentError(
                f"`num_regressors` must not be negative. Received: {num_regressors}"
            )
        self.class_aggregation = class_aggregation
        self.num_regressors = num_regressors
        self._sums: dict[str, Any] = {}

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Accumulates a batch.

        Args:
            y_true: Targets `(batch, columns)`.
            y_pred: Predictions of the same shape.
            sample_weight: Weights of the samples.
        """
        y_true, y_pred = matched(y_true, widened(y_pred), self.name)
        if len(y_pred.shape) == 1:
            y_true, y_pred = ops.expand_dims(y_true, 1), ops.expand_dims(y_pred, 1)
        truth, guess = ops.cast(y_true, "float64"), ops.cast(y_pred, "float64")
        if not self._sums:
            shape = (y_pred.shape[-1],)
            self._sums = {
                key: self.add_variable(shape, "zeros", dtype="float64", name=key)
                for key in ("sum", "squares", "errors", "count")
            }
        weight = ops.ones_like(truth)
        if sample_weight is not None:
            given = ops.cast(sample_weight, "float64")
            weight = weight * ops.reshape(given, (-1, 1))
        found = {
            "sum": truth,
            "squares": ops.square(truth),
            "errors": ops.square(truth - guess),
            "count": ops.ones_like(truth),
        }
        for key, variable in self._sums.items():
            variable.assign_add(ops.sum(found[key] * weight, axis=0))

    def result(self) -> Any:
        """Returns the score."""
        if not self._sums:
            return ops.cast(0.0, self.dtype)
        total, squares, errors, count = (v.value for v in self._sums.values())
        spread = squares - total * ops.divide_no_nan(total, count)
        scores = 1.0 - ops.divide_no_nan(errors, spread)
        scores = ops.where(ops.equal(spread, 0), 0.0, scores)
        if self.class_aggregation == "uniform_average":
            scores = ops.mean(scores)
        elif self.class_aggregation == "variance_weighted_average":
            scores = ops.divide_no_nan(ops.sum(scores * spread), ops.sum(spread))
        if self.num_regressors:
            n, p = count[0], float(self.num_regressors)
            scores = 1.0 - (1.0 - scores) * ops.divide_no_nan(n - 1.0, n - p - 1.0)
        return ops.cast(scores, self.dtype)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "class_aggregation": self.class_aggregation,
            "num_regressors": self.num_regressors,
        }
