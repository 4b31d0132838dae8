"""The area under a curve of right against wrong calls."""

from typing import Any

import numpy as np

from kerasish import ops
from kerasish.core.errors import ArgumentError
from kerasish.metrics.confusion import confusion_counts
from kerasish.metrics.metric import Metric

__all__ = ["AUC"]

EPSILON = 1e-7


class AUC(Metric):
    """The area under the ROC or precision-recall curve, from counts at thresholds.

    Args:
        num_thresholds: How many thresholds, above 1.
        curve: "ROC" or "PR".
        summation_method: "interpolation", "minoring" or "majoring".
        name: The name in logs.
        dtype: A dtype name or policy for the result.
        thresholds: The thresholds themselves, from 0 to 1.
        multi_label: Whether each column is a problem of its own, to be averaged.
        num_labels: Number of columns; found from the data if None.
        label_weights: Weight of each column in the average.
        from_logits: Whether predictions are logits.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> round(float(AUC()([0, 0, 1, 1], [0.0, 0.5, 0.3, 0.9])), 2)
        0.75
    """

    direction = "max"

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        dtype: Any = None,
        thresholds: Any = None,
        multi_label: bool = False,
        num_labels: int | None = None,
        label_weights: Any = None,
        from_logits: bool = False,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        curve, method = curve.upper(), summation_method.lower()
        if curve not in ("ROC", "PR"):
            raise ArgumentError(f"`curve` must be 'ROC' or 'PR'. Received: {curve!r}")
        if method not in ("interpolation", "minoring", "majoring"):
            raise ArgumentError(
                "`summation_method` must be 'interpolation', 'minoring' or 'majoring'. "
                f"Received: {summation_method!r}"
            )
        self._given = thresholds
        if thresholds is not None:
            inner = sorted(float(t) for t in thresholds)
            if any(not 0 <= t <= 1 for t in inner):
                raise ArgumentError(
                    f"`thresholds` must be from 0 to 1. Received: {thresholds}"
                )
        elif num_thresholds <= 1:
            raise ArgumentError(
                f"`num_thresholds` must be > 1. Received: {num_thresholds}"
            )
        else:
            steps = num_thresholds - 1
            inner = [(i + 1) / steps for i in range(num_thresholds - 2)]
        self._thresholds = [-EPSILON, *inner, 1.0 + EPSILON]
        self.num_thresholds = len(self._thresholds)
        self.curve = curve
        self.summation_method = method
        self.multi_label = multi_label
        self.num_labels = num_labels
        self.label_weights = label_weights
        self._from_logits = from_logits
        self._counts: dict[str, Any] = {}
        if not multi_label or num_labels is not None:
            self._build(num_labels if multi_label else 1)

    def _build(self, columns: int | None) -> None:
        shape = (columns or 1, self.num_thresholds)
        self._counts = {
            key: self.add_variable(shape, "zeros", dtype="float64", name=key)
            for key in ("tp", "tn", "fp", "fn")
        }

    @property
    def thresholds(self) -> list[float]:
        """The thresholds."""
        return list(self._thresholds)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Accumulates a batch.

        Args:
            y_true: Targets 0 and 1.
            y_pred: Predictions of the same shape.
            sample_weight: Weights of the samples.
        """
        y_true, y_pred = ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred)
        if self._from_logits:
            y_pred = ops.sigmoid(y_pred)
        if not self._counts:
            self._build(y_pred.shape[-1])
        count = self._counts["tp"].shape[0]
        rows = []
        for i in range(count):
            pair = (y_true[..., i], y_pred[..., i]) if count > 1 else (y_true, y_pred)
            weight = sample_weight
            rows.append(confusion_counts(*pair, self._thresholds, weight))
        for key, variable in self._counts.items():
            variable.assign_add(ops.stack([row[key] for row in rows]))

    def result(self) -> Any:
        """Returns the area."""
        if not self._counts:
            return ops.cast(0.0, self.dtype)
        held = {key: v.numpy() for key, v in self._counts.items()}
        areas = self._areas(held)
        if self.label_weights is not None:
            area = np.average(areas, weights=np.asarray(self.label_weights))
        else:
            area = areas.mean()
        return ops.cast(float(area), self.dtype)

    def _areas(self, n: dict[str, np.ndarray]) -> np.ndarray:
        recall = _share(n["tp"], n["tp"] + n["fn"])
        if self.curve == "PR" and self.summation_method == "interpolation":
            return _precision_recall_area(n)
        if self.curve == "ROC":
            x, y = _share(n["fp"], n["fp"] + n["tn"]), recall
        else:
            x, y = recall, _share(n["tp"], n["tp"] + n["fp"])
        left, right = y[:, :-1], y[:, 1:]
        heights = {
            "interpolation": (left + right) / 2,
            "minoring": np.minimum(left, right),
            "majoring": np.maximum(left, right),
        }[self.summation_method]
        return ((x[:, :-1] - x[:, 1:]) * heights).sum(1)  # type: ignore[no-any-return]

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        config = {
            "num_thresholds": self.num_thresholds,
            "curve": self.curve,
            "summation_method": self.summation_method,
            "multi_label": self.multi_label,
            "num_labels": self.num_labels,
            "label_weights": self.label_weights,
            "from_logits": self._from_logits,
        }
        if self._given is not None:
            config["thresholds"] = self._thresholds[1:-1]
        return {**super().get_config(), **config}


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole != 0)  # type: ignore[no-any-return]


def _precision_recall_area(n: dict[str, np.ndarray]) -> np.ndarray:
    """Integrates between thresholds along lines in the plane of counts.

    Reference: Davis and Goadrich, 2006, "The relationship between precision-recall and
    ROC curves", section 4: precision is not linear in recall between two points.
    """
    tp, fp, fn = n["tp"], n["fp"], n["fn"]
    calls = tp + fp
    dtp = tp[:, :-1] - tp[:, 1:]
    dcalls = calls[:, :-1] - calls[:, 1:]
    slope = _share(dtp, np.maximum(dcalls, 0))
    intercept = tp[:, 1:] - slope * calls[:, 1:]
    both = (calls[:, :-1] > 0) & (calls[:, 1:] > 0)
    ratio = np.where(both, _share(calls[:, :-1], np.maximum(calls[:, 1:], 0)), 1.0)
    ratio = np.where(ratio > 0, ratio, 1.0)
    gain = slope * (dtp + intercept * np.log(ratio))
    return _share(gain, np.maximum(tp[:, 1:] + fn[:, 1:], 0)).sum(1)  # type: ignore[no-any-return]
