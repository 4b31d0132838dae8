"""Losses as metrics: their means over all samples."""

from typing import Any

from kerasish import losses, ops
from kerasish.losses.matching import matched
from kerasish.losses.probability_functions import check_smoothing
from kerasish.metrics.means import Mean, MeanMetricWrapper, widened

__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "CosineSimilarity",
    "RootMeanSquaredError",
    "SparseCategoricalCrossentropy",
    "MeanSquaredError",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredLogarithmicError",
    "LogCoshError",
    "Poisson",
    "KLDivergence",
    "Hinge",
    "SquaredHinge",
    "CategoricalHinge",
]


class MeanSquaredError(MeanMetricWrapper):
    """The mean of `losses.mean_squared_error`.

    Args:
        name: The name in logs.
        dtype: A dtype name or policy for the result.
    """

    direction = "min"

    def __init__(
        self, name: str | None = "mean_squared_error", dtype: Any = None
    ) -> None:
        super().__init__(losses.mean_squared_error, name, dtype)


class MeanAbsoluteError(MeanMetricWrapper):
    """The mean of `losses.mean_absolute_error`.

    Args:
        name: The name in logs.
        dtype: A dtype name or policy for the result.
    """

    direction = "min"

    def __init__(
        self, name: str | None = "mean_absolute_error", dtype: Any = None
    ) -> None:
        super().__init__(losses.mean_absolute_error, name, dtype)


class MeanAbsolutePercentageError(MeanMetricWrapper):
    """The mean of `losses.mean_absolute_percentage_error`.

    Args:
        name: The name in logs.
        dtype: A dtype name or policy for the result.
    """

    direction = "min"

    def __init__(
        self, name: str | None = "mean_absolute_percentage_error", dtype: Any = None
    ) -> None:
        super().__init__(losses.mean_absolute_percentage_error, name, dtype)


class MeanSquaredLogarithmicError(MeanMetricWrapper):
    """The mean of `losses.mean_squared_logarithmic_error`.

    Args:
        name: The name in logs.
        dtype: A dtype name or policy for the result.
    """

    direction = "min"

    def __init__(
        self, name: str | None = "mean_squared_logarithmic_error", dtype: Any = None
    ) -> None:
        super().__init__(losses.mean_squared_logarithmic_error, name, dtype)


class LogCoshError(MeanMetricWrapper):
    """The mean of `losses.log_cosh`.

    Args:
        name: The name in logs.
        dtype: A dtype name or policy for the result.
    """

    direction = "min"

    def __init__(self, name: str | None = "logcosh", dtype: Any = None) -> None:
        super().__init__(losses.log_cosh, name, dtype)


class Poisson(MeanMetricWrapper):
    """The mean of `losses.poisson`.

    Args:
        name: The name in logs.
        dtype: A dtype name or policy for the result.
    """

    direction = "min"

    def __init__(self, name: str | None = "poisson", dtype: Any = None) -> None:
        super().__init__(losses.poisson, name, dtype)


class KLDivergence(MeanMetricWrapper):
    """The mean of `losses.kl_divergence`.

    Args:
        name: The name in logs.
        dtype: A dtype name or policy for the result.
    """

    direction = "min"

    def __init__(self, name: str | None = "kl_divergence", dtype: Any = None) -> None:
        super().__init__(losses.kl_divergence, name, dtype)


class Hinge(MeanMetricWrapper):
    """The mean of `losses.hinge`.

    Args:
        name: The name in logs.
        dtype: A dtype name or policy for the result.
    """

    direction = "min"

    def __init__(self, name: str | None = "hinge", dtype: Any = None) -> None:
        super().__init__(losses.hinge, name, dtype)


class SquaredHinge(MeanMetricWrapper):
    """The mean of `losses.squared_hinge`.

    Args:
        name: The name in logs.
        dtype: A dtype name or policy for the result.
    """

    direction = "min"

    def __init__(self, name: str | None = "squared_hinge", dtype: Any = None) -> None:
        super().__init__(losses.squared_hinge, name, dtype)


class CategoricalHinge(MeanMetricWrapper):
    """The mean of `losses.categorical_hinge`.

    Args:
        name: The name in logs.
        dtype: A dtype name or policy for the result.
    """

    direction = "min"

    def __init__(
        self, name: str | None = "categorical_hinge", dtype: Any = None
    ) -> None:
        super().__init__(losses.categorical_hinge, name, dtype)


class RootMeanSquaredError(Mean):
    """The root of the mean of squared differences.

    Args:
        name: The name in logs.
        dtype: A dtype name or policy for the result.

    Example:
        >>> float(RootMeanSquaredError()([0.0, 0.0], [3.0, 3.0]))
        3.0
    """

    direction = "min"

    def __init__(
        self, name: str | None = "root_mean_squared_error", dtype: Any = None
    ) -> None:
        super().__init__(name, dtype)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Accumulates a batch."""
        y_true, y_pred = matched(y_true, widened(y_pred), "root_mean_squared_error")
        away = ops.square(ops.subtract(y_true, y_pred))
        super().update_state(away, sample_weight=sample_weight)

    def result(self) -> Any:
        """Returns the root."""
        return ops.sqrt(super().result())


class CosineSimilarity(MeanMetricWrapper):
    """The mean cosine of the angle between targets and predictions.

    Args:
        name: The name in logs.
        dtype: A dtype name or policy for the result.
        axis: The axis along which vectors lie.
    """

    direction = "max"

    def __init__(
        self,
        name: str | None = "cosine_similarity",
        dtype: Any = None,
        axis: int = -1,
    ) -> None:
        super().__init__(_cosine, name, dtype, axis=axis)
        self.direction = "max"


def _cosine(y_true: Any, y_pred: Any, axis: int = -1) -> Any:
    return ops.negative(losses.cosine_similarity(y_true, y_pred, axis=axis))


class BinaryCrossentropy(MeanMetricWrapper):
    """The mean binary cross-entropy.

    Args:
        name: The name in logs.
        dtype: A dtype name or policy for the result.
        from_logits: Whether predictions are logits.
        label_smoothing: From 0 to 1.

    Raises:
        ArgumentError: If `label_smoothing` is out of range.
    """

    direction = "min"

    def __init__(
        self,
        name: str | None = "binary_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
    ) -> None:
        check_smoothing(label_smoothing)
        super().__init__(
            losses.binary_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
        )


class CategoricalCrossentropy(MeanMetricWrapper):
    """The mean cross-entropy of one-hot targets.

    Args:
        name: The name in logs.
        dtype: A dtype name or policy for the result.
        from_logits: Whether predictions are logits.
        label_smoothing: From 0 to 1.
        axis: The axis of classes.

    Raises:
        ArgumentError: If `label_smoothing` is out of range.
    """

    direction = "min"

    def __init__(
        self,
        name: str | None = "categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
        axis: int = -1,
    ) -> None:
        check_smoothing(label_smoothing)
        super().__init__(
            losses.categorical_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )


class SparseCategoricalCrossentropy(MeanMetricWrapper):
    """The mean cross-entropy of integer targets.

    Args:
        name: The name in logs.
        dtype: A dtype name or policy for the result.
        from_logits: Whether predictions are logits.
        ignore_class: A target that does not count.
        axis: The axis of classes.
    """

    direction = "min"

    def __init__(
        self,
        name: str | None = "sparse_categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        ignore_class: int | None = None,
        axis: int = -1,
    ) -> None:
        super().__init__(
            losses.sparse_categorical_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            ignore_class=ignore_class,
            axis=axis,
        )
