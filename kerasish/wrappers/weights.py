"""Weights of the rows: given ones, weights of classes, and rows that do not count."""

from collections.abc import Mapping
from numbers import Number
from typing import Any

import numpy as np
from sklearn.utils import check_array
from sklearn.utils.class_weight import compute_class_weight, compute_sample_weight

from kerasish.core.errors import ArgumentError, ArgumentTypeError, ShapeError

__all__ = ["checked_sample_weight", "class_weight_of_labels", "class_weight_of_rows"]

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
    if isinstance(sample_weight, Number):
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
        >>> class_weight_of_rows({1: 3}, np.arange(2), labels, None).tolist()
        [1.0, 1.0, 1.0, 3.0]
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


def class_weight_of_labels(class_weight: Any, labels: Array) -> Array:
    """Returns the weight that each row has through its several labels.

    Args:
        class_weight: `"balanced"`: the product over the labels of what balances each.
        labels: Zeros and ones of shape `(rows, labels)`.

    Returns:
        An array of shape `(rows,)`.

    Raises:
        ArgumentError: For anything else than `"balanced"`.

    Example:
        >>> class_weight_of_labels("balanced", np.array([[0], [0], [0], [1]])).tolist()
        [0.6666666666666666, 0.6666666666666666, 0.6666666666666666, 2.0]
    """
    if class_weight != "balanced":
        raise ArgumentError(
            "`class_weight` must be None or 'balanced' where rows have several labels. "
            f"Received: class_weight={class_weight!r}. Give `sample_weight` instead"
        )
    return compute_sample_weight("balanced", labels)


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
