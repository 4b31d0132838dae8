"""Class weights: their check, and their folding into the weights of samples."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from kerasish.core import config, tree
from kerasish.core.errors import ArgumentError, ArgumentTypeError, ShapeError
from kerasish.data.columns import dense

__all__ = ["check_class_weight", "fold_class_weight"]

Array = Any


def check_class_weight(class_weight: Any, caller: str = "fit") -> dict[int, float]:
    """Returns checked class weights as plain numbers.

    Args:
        class_weight: Dict from class number to a weight that is not negative.
        caller: Name of the function it was given to, for the message.

    Raises:
        TypeError: If it is no dict, a key no integer or a weight no number.
        ValueError: If a weight is negative or not finite, or there is none.

    Example:
        >>> check_class_weight({0: 1, 1: 2.5})
        {0: 1.0, 1: 2.5}
    """
    expected = (
        f"`class_weight` of `{caller}` must be a dict from class number to weight, as "
        "{0: 1.0, 1: 2.5}."
    )
    if not isinstance(class_weight, Mapping):
        listed = isinstance(class_weight, (list, tuple, np.ndarray))
        mend = ". Convert it with `dict(enumerate(class_weight))`" if listed else ""
        raise ArgumentTypeError(
            f"{expected} Received: a {type(class_weight).__name__}{mend}"
        )
    if not class_weight:
        raise ArgumentError(f"{expected} Received: an empty dict")
    for key, weight in class_weight.items():
        if isinstance(key, (bool, np.bool_)) or not isinstance(key, (int, np.integer)):
            raise ArgumentTypeError(f"{expected} Received: the key {key!r}")
        if not isinstance(weight, (int, float, np.integer, np.floating)):
            raise ArgumentTypeError(
                f"{expected} Received: the weight {weight!r} for class {key}"
            )
        if not np.isfinite(weight) or weight < 0:
            raise ArgumentError(
                f"{expected} A weight must be finite and not negative. Received: "
                f"{weight!r} for class {key}"
            )
    return {int(key): float(weight) for key, weight in class_weight.items()}


def fold_class_weight(y: Any, class_weight: dict[int, float], place: str) -> Array:
    """Returns the weight of every sample by its class; 1 where no weight is given.

    Args:
        y: The targets: class numbers `(n,)` or `(n, 1)`, or one-hot rows `(n, k)`.
        class_weight: Checked class weights.
        place: Where they were given, as "`fit`".

    Returns:
        Array `(n,)` of the default float dtype.

    Raises:
        ValueError: If there are several targets, or they are not class labels.

    Example:
        >>> fold_class_weight(np.array([0, 2, 1]), {1: 3.0}, "`fit`").tolist()
        [1.0, 1.0, 3.0]
    """
    labels = _class_labels(y, place)
    # Searching the sorted keys serves any labels, however large or negative.
    keys = np.array(sorted(class_weight))
    weights = np.array([class_weight[int(key)] for key in keys], config.floatx())
    spots = np.minimum(np.searchsorted(keys, labels), len(keys) - 1)
    one = np.array(1, weights.dtype)
    return np.where(keys[spots] == labels, weights[spots], one)


def _class_labels(y: Any, place: str) -> Array:
    leaves = [leaf for leaf in tree.flatten(y) if leaf is not None]
    if len(leaves) != 1:
        raise ArgumentError(
            f"`class_weight` of {place} is for models with a single target. Received: "
            f"{len(leaves)} targets; use `sample_weight`"
        )
    labels = dense(leaves[0])
    if labels.ndim > 2:
        raise ShapeError(
            f"`class_weight` of {place} needs class numbers of shape (n,) or one-hot "
            f"rows (n, k). Received: y of shape {labels.shape}; use `sample_weight`"
        )
    if labels.ndim == 2 and labels.shape[1] != 1:
        _check_one_hot(labels, place)
        return np.argmax(labels, axis=1)
    labels = labels.reshape(-1)
    if labels.dtype.kind == "f":
        wrong = ~(labels == np.rint(labels))
        if wrong.any():
            raise _not_labels(labels, int(np.argmax(wrong)), place)
    return labels


def _check_one_hot(rows: Array, place: str) -> None:
    # Soft labels (smoothed, distilled) are rows that sum to 1: their largest counts.
    wrong = ~(np.abs(rows.sum(axis=1, dtype="float64") - 1.0) <= 1e-2)
    wrong |= rows.min(axis=1, initial=0) < 0
    if wrong.any():
        raise _not_labels(rows, int(np.argmax(wrong)), place)


def _not_labels(labels: Array, row: int, place: str) -> ArgumentError:
    return ArgumentError(
        f"`class_weight` of {place} needs class labels, whole numbers or one-hot rows. "
        f"Received: y[{row}] = {labels[row]}; use `sample_weight` for other targets"
    )
