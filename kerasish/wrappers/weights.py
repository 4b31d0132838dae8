"""Weights of the rows: given ones, weights of classes, and rows that do not count."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.utils import check_array
from sklearn.utils.class_weight import compute_class_weight

from kerasish.core.errors import ArgumentError, ArgumentTypeError, ShapeError

__all__ = ["checked_sample_weight", "class_weight_of_rows"]

Array = Any


def checked_sample_weight(sample_weight: Any, x: Array) -> Array | None:
    """Returns the weight of each row as float64, or None where none are given.

    Args:
        sample_weight: One weight for each row, or one number for all, or None.
        x: The rows.

    Returns:
        An array of shape `(rows,)`, or None.

    Raises:
        ArgumentError: If a weight is negative or all of them are zero.
        ShapeError: If there is not one weight for each row.
        ValueError: If a weight is not finite.

    Example:
        >>> checked_sample_weight([1, 2], np.zeros((2, 3))).tolist()
        [1.0, 2.0]
    """
    if sample_weight is None:
        return None
    count = x.shape[0]
    if np.ndim(sample_weight) == 0:
        sample_weight = np.full(count, sample_weight)
    weights = check_array(
        sample_weight, ensure_2d=False, dtype=np.float64, input_name="sample_weight"
    )
    if weights.shape != (count,):
        raise ShapeError(
            f"`sample_weight` must hold one number for each row, shape ({count},). "
            f"Received: shape {weights.shape}"
        )
    if (weights < 0).any():
        row = int(np.argmax(weights < 0))
        raise ArgumentError(
            "`sample_weight` must not be negative. "
            f"Received: {weights[row]:g} at row {row}"
        )
    if not weights.any():
        raise ArgumentError(
            "`sample_weight` must hold at least one weight above zero. "
            f"Received: {len(weights)} weights, all zero"
        )
    return weights


def class_weight_of_rows(
    class_weight: Any, classes: Array, labels: Array, sample_weight: Array | None
) -> Array | None:
    """Returns the weight that each row has through its class.

    Args:
        class_weight: None, `"balanced"` (every class counts alike, whatever its share
            of the rows), or a dict from class to weight, 1 for classes left out.
        classes: The classes of the estimator.
        labels: The class of each row.
        sample_weight: The weights of the rows, all above zero, or None. Balancing
            balances the sums of these.

    Returns:
        An array of shape `(rows,)`, or None.

    Raises:
        ArgumentError: For a class that does not exist, a negative weight, or another
            word than `"balanced"`.

    Example:
        >>> labels = np.array([0, 0, 0, 1])
        >>> class_weight_of_rows("balanced", np.arange(2), labels, None).round(2).tolist()
        [0.67, 0.67, 0.67, 2.0]
    """
    if class_weight is None:
        return None
    present = np.unique(labels)
    if isinstance(class_weight, Mapping):
        _check_mapping(class_weight, classes)
        by_class = np.array([class_weight.get(c, 1.0) for c in present.tolist()])
    elif isinstance(class_weight, str) and class_weight == "balanced":
        by_class = compute_class_weight(
            "balanced", classes=present, y=labels, sample_weight=sample_weight
        )
    elif isinstance(class_weight, str):
        raise ArgumentError(
            "`class_weight` must be None, 'balanced' or a dict from class to weight. "
            f"Received: class_weight={class_weight!r}"
        )
    else:
        raise ArgumentTypeError(
            "`class_weight` must be None, 'balanced' or a dict from class to weight. "
            f"Received: {class_weight!r} of type {type(class_weight).__name__}"
        )
    return np.asarray(by_class, "float64")[np.searchsorted(present, labels)]


def _check_mapping(class_weight: Mapping[Any, float], classes: Array) -> None:
    known = set(np.asarray(classes).tolist())
    for label, weight in class_weight.items():
        if label not in known:
            raise ArgumentError(
                f"`class_weight` names the class {label!r}, which is not in `y`. "
                f"Classes: {sorted(known)}"
            )
        if not (np.isfinite(weight) and weight >= 0):
            raise ArgumentError(
                "`class_weight` must hold finite weights of at least 0. "
                f"Received: {weight} for class {label!r}"
            )
