"""Class numbers turned into one-hot rows."""

from typing import Any

import numpy as np

from kerasish.core.errors import ArgumentError, DtypeError
from kerasish.data.arguments import check_count
from kerasish.data.columns import as_column, as_one_column

__all__ = ["to_categorical"]

Array = Any
_LABEL = "`x` of `to_categorical`"


def to_categorical(x: Any, num_classes: int | None = None) -> Array:
    """Turns class numbers into rows that are 1 at the class and 0 elsewhere.

    Args:
        x: Array-like of whole numbers from 0 to `num_classes - 1`.
        num_classes: Width of the rows, by default the largest class number plus 1.

    Input shape:
        `(...)` or `(..., 1)`.

    Output shape:
        `(..., num_classes)`, dtype float64.

    Returns:
        A NumPy array.

    Raises:
        TypeError: If `x` does not hold numbers.
        ValueError: If a class is negative, fractional or not less than `num_classes`,
            or there is none to tell `num_classes` from.

    Example:
        >>> to_categorical([0, 2]).tolist()
        [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    labels = _whole(_as_array(x))
    if num_classes is None:
        if labels.size == 0:
            raise ArgumentError(
                "`num_classes` of `to_categorical` must be given where `x` is empty. "
                "Received: num_classes=None"
            )
        num_classes = max(int(labels.max()) + 1, 1)
    num_classes = check_count(num_classes, "num_classes", "to_categorical")
    shape = labels.shape
    if len(shape) > 1 and shape[-1] == 1:
        shape = shape[:-1]
    labels = labels.reshape(-1)
    wrong = (labels < 0) | (labels >= num_classes)
    if wrong.any():
        spot = int(np.argmax(wrong))
        raise ArgumentError(
            "`x` of `to_categorical` must hold class numbers from 0 to "
            f"{num_classes - 1}. Received: {labels[spot]} at position {spot}"
        )
    rows = np.zeros((labels.size, num_classes))
    rows[np.arange(labels.size), labels] = 1.0
    return rows.reshape(*shape, num_classes)


def _as_array(x: Any) -> Array:
    # A single class number gives a single row.
    if np.isscalar(x) or (isinstance(x, np.ndarray) and x.ndim == 0):
        return as_column(np.asarray(x).reshape(1), _LABEL).reshape(())
    return as_one_column(x, _LABEL)


def _whole(labels: Array) -> Array:
    if labels.dtype.kind in "iu":
        return labels
    if labels.dtype.kind == "b" or labels.size == 0:
        return labels.astype("int64")
    wrong = labels != np.rint(labels)
    if wrong.any():
        spot = int(np.argmax(wrong.reshape(-1)))
        raise ArgumentError(
            "`x` of `to_categorical` must hold whole numbers. Received: "
            f"{labels.reshape(-1)[spot]} at position {spot}"
        )
    if not np.isfinite(labels).all() or float(np.abs(labels).max()) > 2.0**53:
        raise DtypeError(
            "`x` of `to_categorical` must hold class numbers. Received: values of "
            f"dtype {labels.dtype} up to {labels.max()}"
        )
    return labels.astype("int64")
