"""How often predictions are right."""

from typing import Any

from kerasish import ops
from kerasish.core.errors import ArgumentError
from kerasish.losses.matching import matched
from kerasish.metrics.means import MeanMetricWrapper

__all__ = [
    "Accuracy",
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "SparseCategoricalAccuracy",
    "SparseTopKCategoricalAccuracy",
    "TopKCategoricalAccuracy",
    "accuracy",
    "binary_accuracy",
    "categorical_accuracy",
    "sparse_categorical_accuracy",
    "sparse_top_k_categorical_accuracy",
    "top_k_categorical_accuracy",
]


def accuracy(y_true: Any, y_pred: Any) -> Any:
    """Returns where targets and predictions are equal, as 1.0 and 0.0.

    Args:
        y_true: Targets.
        y_pred: Predictions of the same shape.

    Example:
        >>> accuracy([1, 2], [1, 3]).tolist()
        [1.0, 0.0]
    """
    y_true, y_pred = matched(y_true, y_pred, "accuracy")
    return ops.cast(ops.equal(y_true, y_pred), "float32")


def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> Any:
    """Returns where predictions fall on the targets' side of a threshold.

    A prediction that is NaN is never right.

    Args:
        y_true: Targets 0 and 1.
        y_pred: Predictions of the same shape.
        threshold: The threshold.

    Example:
        >>> binary_accuracy([1, 0], [0.7, 0.7]).tolist()
        [1.0, 0.0]
    """
    y_true, y_pred = matched(y_true, y_pred, "binary_accuracy")
    side = ops.cast(ops.greater(y_pred, threshold), y_true.dtype)
    right = ops.logical_and(ops.equal(y_true, side), ops.equal(y_pred, y_pred))
    return ops.cast(right, "float32")


def categorical_accuracy(y_true: Any, y_pred: Any) -> Any:
    """Returns where the largest prediction is at the largest target.

    Args:
        y_true: One-hot targets `(batch, ..., classes)`.
        y_pred: Predictions of the same shape.

    Example:
        >>> categorical_accuracy([[0, 1]], [[0.2, 0.8]]).tolist()
        [1.0]
    """
    y_true, y_pred = matched(y_true, y_pred, "categorical_accuracy")
    return sparse_categorical_accuracy(ops.argmax(y_true, axis=-1), y_pred)


def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Any:
    """Returns where the largest prediction is that of the target.

    Predictions that hold NaN are never right.

    Args:
        y_true: Integer targets `(batch, ...)`.
        y_pred: Predictions `(batch, ..., classes)`.

    Example:
        >>> sparse_categorical_accuracy([1], [[0.2, 0.8]]).tolist()
        [1.0]
    """
    y_true, y_pred = ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred)
    y_true = _labels(y_true, y_pred)
    found = ops.argmax(y_pred, axis=-1)
    right = ops.equal(ops.cast(y_true, "int64"), ops.cast(found, "int64"))
    sound = ops.equal(*(ops.sum(y_pred, axis=-1),) * 2)  # NaN differs from itself
    return ops.cast(ops.logical_and(right, sound), "float32")


def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Any:
    """Returns where the target is among the k largest predictions.

    Args:
        y_true: One-hot targets `(batch, classes)`.
        y_pred: Predictions of the same shape.
        k: How many count.

    Example:
        >>> top_k_categorical_accuracy([[0, 1]], [[0.8, 0.2]], k=2).tolist()
        [1.0]
    """
    y_true, y_pred = matched(y_true, y_pred, "top_k_categorical_accuracy")
    return sparse_top_k_categorical_accuracy(ops.argmax(y_true, axis=-1), y_pred, k)


def sparse_top_k_categorical_accuracy(
    y_true: Any, y_pred: Any, k: int = 5, from_sorted_ids: bool = False
) -> Any:
    """Returns where the target is among the k largest predictions.

    Args:
        y_true: Integer targets `(batch,)`.
        y_pred: Predictions `(batch, classes)`, or classes in falling order.
        k: How many count.
        from_sorted_ids: Whether `y_pred` holds classes in falling order.

    Example:
        >>> sparse_top_k_categorical_accuracy([1], [[0.8, 0.2]], k=2).tolist()
        [1.0]
    """
    y_true, y_pred = ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred)
    shape = _labels(y_true, y_pred).shape
    flat_true = ops.reshape(ops.cast(y_true, "int32"), (-1,))
    flat_pred = ops.reshape(y_pred, (-1, y_pred.shape[-1]))
    if from_sorted_ids:
        first = ops.cast(flat_pred[:, :k], "int32")
        right = ops.any(ops.equal(first, ops.expand_dims(flat_true, 1)), axis=1)
    else:
        right = ops.in_top_k(flat_true, flat_pred, k)
    return ops.reshape(ops.cast(right, "float32"), shape)


def _labels(y_true: Any, y_pred: Any) -> Any:
    if len(y_true.shape) == len(y_pred.shape) and y_true.shape[-1] == 1:
        return ops.squeeze(y_true, -1)
    return y_true


class _AccuracyMetric(MeanMetricWrapper):
    """A mean of rights and wrongs: higher is better."""

    direction = "max"


class Accuracy(_AccuracyMetric):
    """How often targets and predictions are equal.

    Args:
        name: The name in logs.
        dtype: A dtype name or policy for the result.

    Example:
        >>> float(Accuracy()([1, 2], [1, 3]))
        0.5
    """

    def __init__(self, name: str | None = "accuracy", dtype: Any = None) -> None:
        super().__init__(accuracy, name, dtype)


class BinaryAccuracy(_AccuracyMetric):
    """How often predictions fall on the targets' side of a threshold.

    Args:
        name: The name in logs.
        dtype: A dtype name or policy for the result.
        threshold: The threshold, from 0 to 1.

    Raises:
        ArgumentError: If the threshold is out of range.

    Example:
        >>> float(BinaryAccuracy()([1, 0], [0.7, 0.7]))
        0.5
    """

    def __init__(
        self,
        name: str | None = "binary_accuracy",
        dtype: Any = None,
        threshold: float = 0.5,
    ) -> None:
        if threshold is not None and not 0 < threshold < 1:
            raise ArgumentError(
                "Invalid value for argument `threshold`: it must be between 0 and 1. "
                f"Received: threshold={threshold}"
            )
        super().__init__(binary_accuracy, name, dtype, threshold=threshold)
        self.threshold = threshold


class CategoricalAccuracy(_AccuracyMetric):
    """How often the largest prediction is at the largest target.

    Args:
        name: The name in logs.
        dtype: A dtype name or policy for the result.

    Example:
        >>> float(CategoricalAccuracy()(np.eye(2), [[0.9, 0.1], [0.8, 0.2]]))
        0.5
    """

    def __init__(
        self, name: str | None = "categorical_accuracy", dtype: Any = None
    ) -> None:
        super().__init__(categorical_accuracy, name, dtype)


class SparseCategoricalAccuracy(_AccuracyMetric):
    """How often the largest prediction is that of the integer target.

    Args:
        name: The name in logs.
        dtype: A dtype name or policy for the result.

    Example:
        >>> float(SparseCategoricalAccuracy()([0, 1], [[0.9, 0.1], [0.8, 0.2]]))
        0.5
    """

    def __init__(
        self, name: str | None = "sparse_categorical_accuracy", dtype: Any = None
    ) -> None:
        super().__init__(sparse_categorical_accuracy, name, dtype)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Accumulates a batch; a lone axis of classes is kept."""
        values = sparse_categorical_accuracy(y_true, y_pred)
        super(MeanMetricWrapper, self).update_state(values, sample_weight=sample_weight)


class TopKCategoricalAccuracy(_AccuracyMetric):
    """How often the target is among the k largest predictions.

    Args:
        k: How many count.
        name: The name in logs.
        dtype: A dtype name or policy for the result.
    """

    def __init__(
        self,
        k: int = 5,
        name: str | None = "top_k_categorical_accuracy",
        dtype: Any = None,
    ) -> None:
        _check_k(k, "TopKCategoricalAccuracy")
        super().__init__(top_k_categorical_accuracy, name, dtype, k=k)
        self.k = k


class SparseTopKCategoricalAccuracy(_AccuracyMetric):
    """How often the integer target is among the k largest predictions.

    Args:
        k: How many count.
        name: The name in logs.
        dtype: A dtype name or policy for the result.
        from_sorted_ids: Whether predictions are classes in falling order.
    """

    def __init__(
        self,
        k: int = 5,
        name: str | None = "sparse_top_k_categorical_accuracy",
        dtype: Any = None,
        from_sorted_ids: bool = False,
    ) -> None:
        _check_k(k, "SparseTopKCategoricalAccuracy")
        super().__init__(
            sparse_top_k_categorical_accuracy,
            name,
            dtype,
            k=k,
            from_sorted_ids=from_sorted_ids,
        )
        self.k = k
        self.from_sorted_ids = from_sorted_ids


def _check_k(k: Any, of: str) -> None:
    if not hasattr(k, "__index__") or isinstance(k, bool) or k < 1:
        raise ArgumentError(f"`k` of `{of}` must be a positive integer. Received: {k=}")
