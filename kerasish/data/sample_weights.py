"""Checks of the weights that a user gives to single samples."""

import warnings
from typing import Any

import numpy as np

from kerasish.core import tree
from kerasish.core.errors import ArgumentError, DataWarning, ShapeError
from kerasish.data.structures import leaf_names

__all__ = ["check_sample_weight"]

Array = Any


def check_sample_weight(y: Any, sample_weight: Any, place: str) -> Any:
    """Checks weights against the targets; one array is used for every target.

    Args:
        y: Structure of target columns, or `None`.
        sample_weight: Structure of weight columns.
        place: Where they were given, as "`fit`".

    Returns:
        The weights, in the structure of `y` where a single array was given.

    Raises:
        ValueError: If a weight is NaN or infinite, or its shape does not begin the
            shape of its target.

    Example:
        >>> check_sample_weight({"a": np.ones(2)}, np.ones(2), "`fit`")
        {'a': array([1., 1.])}
    """
    for name, weights in zip(
        leaf_names(sample_weight, "sample_weight"), _leaves(sample_weight), strict=True
    ):
        _check_values(weights, name, place)
    if y is None:
        return sample_weight
    if not tree.is_nested(sample_weight) and tree.is_nested(y):
        lone = sample_weight
        sample_weight = tree.map_structure(lambda _: lone, y, none_is_leaf=False)
    targets, weights_of = tree.flatten(y), tree.flatten(sample_weight)
    if len(targets) == len(weights_of):
        for name, target, weights in zip(
            leaf_names(y, "y"), targets, weights_of, strict=False
        ):
            if target is not None and weights is not None:
                _check_shape(weights, target, name, place)
    return sample_weight


def _leaves(structure: Any) -> list[Any]:
    return [leaf for leaf in tree.flatten(structure) if leaf is not None]


def _check_values(weights: Array, name: str, place: str) -> None:
    if weights.size == 0:
        return
    low, high = weights.min(), weights.max()
    if not (np.isfinite(low) and np.isfinite(high)):
        row = int(np.argmin(np.isfinite(weights).reshape(len(weights), -1).all(axis=1)))
        raise ArgumentError(
            f"`{name}` of {place} must be finite. Received: {weights[row]} at row {row}"
        )
    if low < 0:
        row = int(np.argmax((weights < 0).reshape(len(weights), -1).any(axis=1)))
        warnings.warn(
            f"`{name}` of {place} holds negative weights, which reward errors. "
            f"Received: {weights[row]} at row {row}",
            DataWarning,
            stacklevel=2,
        )


def _check_shape(weights: Array, target: Array, name: str, place: str) -> None:
    if weights.ndim == 1 or weights.shape[1:] == (1,):
        return
    if weights.shape != target.shape[: weights.ndim]:
        raise ShapeError(
            f"`sample_weight` of {place} must have one weight for each sample, shape "
            f"({target.shape[0]},), or one for each step of `{name}`, whose shape is "
            f"{target.shape}. Received: shape {weights.shape}"
        )
