"""Intersection over union: how well called regions and true ones overlap."""

from typing import Any

from kerasish import ops
from kerasish.core.config import floatx
from kerasish.core.dtypes import is_float_dtype, is_int_dtype
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.metrics.metric import Metric
from kerasish.ops.guards import in_range, whole

__all__ = ["BinaryIoU", "IoU", "MeanIoU", "OneHotIoU", "OneHotMeanIoU"]


class IoU(Metric):
    """The mean over classes of `TP / (TP + FP + FN)`.

    Classes that neither targets nor predictions hold do not count.

    Args:
        num_classes: The number of classes.
        target_class_ids: The classes of the mean.
        name: The name in logs.
        dtype: A dtype name or policy for the result; the default float in place of an
            integer.
        ignore_class: Elements whose target this is do not count.
        sparse_y_true: Whether targets are class numbers, else one-hot.
        sparse_y_pred: Whether predictions are class numbers, else scores of classes.
        axis: The axis of classes where targets or predictions have one.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> metric = IoU(num_classes=2, target_class_ids=[0])
        >>> round(float(metric([0, 0, 1, 1], [0, 1, 0, 1])), 4)
        0.3333
    """

    direction = "max"

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Any,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        of = type(self).__name__
        if not hasattr(num_classes, "__index__") or num_classes < 1:
            raise ArgumentError(
                f"`num_classes` of `{of}` must be a positive integer. "
                f"Received: num_classes={num_classes!r}"
            )
        ids = list(target_class_ids)
        if not ids or any(not 0 <= i < num_classes for i in ids):
            raise ArgumentError(
                f"`target_class_ids` of `{of}` must hold classes from 0 to "
                f"{num_classes - 1}. Received: target_class_ids={target_class_ids!r}"
            )
        self.num_classes = num_classes
        self.target_class_ids = ids
        self.ignore_class = ignore_class
        self.sparse_y_true = sparse_y_true
        self.sparse_y_pred = sparse_y_pred
        self.axis = axis
        # Row: the target; column: the prediction. Weights need fractions.
        self.total_confusion_matrix = self.add_variable(
            (num_classes, num_classes), "zeros", "float64", name="confusion_matrix"
        )

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Accumulates a batch.

        Args:
            y_true: Class numbers, or one-hot.
            y_pred: Class numbers, or scores of classes.
            sample_weight: Weights that broadcast over the class numbers.

        Raises:
            ArgumentError: If a class number is out of range.
            ShapeError: If there are not as many targets as predictions.
        """
        y_true = ops.convert_to_tensor(y_true)
        y_pred = ops.convert_to_tensor(y_pred)
        if not self.sparse_y_true:
            y_true = ops.argmax(y_true, axis=self.axis)
        if not self.sparse_y_pred:
            y_pred = ops.argmax(y_pred, axis=self.axis)
        self._accumulate(y_true, y_pred, sample_weight)

    def _accumulate(self, y_true: Any, y_pred: Any, sample_weight: Any) -> None:
        if y_true.size != y_pred.size:
            raise ShapeError(
                f"`{self.name}` needs as many targets as predictions. Received: "
                f"targets of shape {y_true.shape}, predictions of shape {y_pred.shape}"
            )
        weights = ops.reshape(_spread(sample_weight, y_true.shape), (-1,))
        true = self._classes(y_true, "targets")
        called = self._classes(y_pred, "predictions")
        if self.ignore_class is not None:
            counts = ops.not_equal(true, int(self.ignore_class))
            weights = ops.where(counts, weights, 0.0)
            true, called = (ops.where(counts, x, 0) for x in (true, called))
        most = self.num_classes - 1
        true = in_range(true, 0, most, f"Targets of `{self.name}`")
        called = in_range(called, 0, most, f"Predictions of `{self.name}`")
        size = self.num_classes**2
        found = ops.segment_sum(weights, true * self.num_classes + called, size)
        shape = (self.num_classes, self.num_classes)
        self.total_confusion_matrix.assign_add(ops.reshape(found, shape))

    def _classes(self, y: Any, what: str) -> Any:
        if not is_int_dtype(y.dtype):
            y = whole(ops.cast(y, "float64"), f"{what.capitalize()} of `{self.name}`")
        return ops.reshape(ops.cast(y, "int64"), (-1,))

    def result(self) -> Any:
        """Returns the mean over the classes, 0 if none of them was there."""
        matrix = self.total_confusion_matrix.value
        ids = ops.convert_to_tensor(self.target_class_ids, "int32")
        hits = ops.take(ops.diagonal(matrix), ids)
        either = ops.add(ops.sum(matrix, axis=0), ops.sum(matrix, axis=1))
        union = ops.subtract(ops.take(either, ids), hits)
        there = ops.sum(ops.cast(ops.greater(union, 0.0), "float64"))
        mean = ops.divide_no_nan(ops.sum(ops.divide_no_nan(hits, union)), there)
        return ops.cast(mean, self.dtype if is_float_dtype(self.dtype) else floatx())

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "num_classes": self.num_classes,
            "target_class_ids": self.target_class_ids,
            "ignore_class": self.ignore_class,
            "sparse_y_true": self.sparse_y_true,
            "sparse_y_pred": self.sparse_y_pred,
            "axis": self.axis,
        }


class BinaryIoU(IoU):
    """The intersection over union of two classes, from probabilities of class 1.

    Args:
        target_class_ids: The classes of the mean: (0, 1), (0,) or (1,).
        threshold: From which on a prediction calls class 1, from 0 to 1.
        name: The name in logs.
        dtype: A dtype name or policy for the result.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> metric = BinaryIoU(target_class_ids=[0, 1], threshold=0.3)
        >>> round(float(metric([0, 1, 0, 1], [0.1, 0.2, 0.4, 0.7])), 4)
        0.3333
    """

    def __init__(
        self,
        target_class_ids: Any = (0, 1),
        threshold: float = 0.5,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(2, target_class_ids, name, dtype)
        if not isinstance(threshold, int | float) or not 0 <= threshold <= 1:
            raise ArgumentError(
                "`threshold` of `BinaryIoU` must be from 0 to 1. "
                f"Received: threshold={threshold!r}"
            )
        self.threshold = threshold

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Accumulates a batch.

        Args:
            y_true: Targets 0 and 1.
            y_pred: Probabilities of class 1.
            sample_weight: Weights that broadcast over the targets.
        """
        called = ops.greater_equal(ops.convert_to_tensor(y_pred), self.threshold)
        y_true = ops.convert_to_tensor(y_true)
        self._accumulate(y_true, ops.cast(called, "int32"), sample_weight)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        config = super().get_config()
        kept = ("name", "dtype", "target_class_ids")
        return {**{k: config[k] for k in kept}, "threshold": self.threshold}


class MeanIoU(IoU):
    """The intersection over union, averaged over all classes.

    Args:
        num_classes: The number of classes.
        name: The name in logs.
        dtype: A dtype name or policy for the result.
        ignore_class: Elements whose target this is do not count.
        sparse_y_true: Whether targets are class numbers, else one-hot.
        sparse_y_pred: Whether predictions are class numbers, else scores of classes.
        axis: The axis of classes where targets or predictions have one.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> round(float(MeanIoU(num_classes=2)([0, 0, 1, 1], [0, 1, 0, 1])), 4)
        0.3333
    """

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(
            num_classes,
            _all_of(num_classes),
            name,
            dtype,
            ignore_class,
            sparse_y_true,
            sparse_y_pred,
            axis,
        )

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return _without(super().get_config(), "target_class_ids")


class OneHotIoU(IoU):
    """The intersection over union of classes whose targets are one-hot.

    Args:
        num_classes: The number of classes.
        target_class_ids: The classes of the mean.
        name: The name in logs.
        dtype: A dtype name or policy for the result.
        ignore_class: Elements whose target this is do not count.
        sparse_y_pred: Whether predictions are class numbers, else scores of classes.
        axis: The axis of classes.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> metric = OneHotIoU(num_classes=2, target_class_ids=[0])
        >>> float(metric([[1, 0], [0, 1]], [[0.8, 0.2], [0.6, 0.4]]))
        0.5
    """

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Any,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(
            num_classes,
            target_class_ids,
            name,
            dtype,
            ignore_class,
            False,
            sparse_y_pred,
            axis,
        )

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return _without(super().get_config(), "sparse_y_true")


class OneHotMeanIoU(MeanIoU):
    """The intersection over union of one-hot targets, averaged over all classes.

    Args:
        num_classes: The number of classes.
        name: The name in logs.
        dtype: A dtype name or policy for the result.
        ignore_class: Elements whose target this is do not count.
        sparse_y_pred: Whether predictions are class numbers, else scores of classes.
        axis: The axis of classes.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> metric = OneHotMeanIoU(num_classes=2)
        >>> float(metric([[1, 0], [0, 1]], [[0.8, 0.2], [0.6, 0.4]]))
        0.25
    """

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(
            num_classes, name, dtype, ignore_class, False, sparse_y_pred, axis
        )

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return _without(super().get_config(), "sparse_y_true")


def _spread(weights: Any, shape: tuple[int, ...]) -> Any:
    """Returns weights as one for each element, the first axes given or all of them."""
    if weights is None:
        return ops.ones(shape, "float64")
    weights = ops.cast(weights, "float64")
    while len(weights.shape) > len(shape) and weights.shape[-1] == 1:
        weights = ops.squeeze(weights, -1)
    while 0 < len(weights.shape) < len(shape):
        weights = ops.expand_dims(weights, -1)
    return ops.broadcast_to(weights, shape)


def _all_of(num_classes: Any) -> list[int]:
    return list(range(num_classes)) if hasattr(num_classes, "__index__") else []


def _without(config: dict[str, Any], key: str) -> dict[str, Any]:
    return {k: v for k, v in config.items() if k != key}
