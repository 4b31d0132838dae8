"""Tables with a `to_numpy` method (pandas, polars) made into arrays of numbers."""

from typing import Any

import numpy as np

from kerasish.core.errors import DtypeError

__all__ = ["frame_to_array", "holds_text"]

Array = Any


def holds_text(array: Any) -> bool:
    """Returns whether all entries of an array are text.

    Args:
        array: A NumPy array.

    Example:
        >>> holds_text(np.array(["a"])), holds_text(np.array(["a", None]))
        (True, False)
    """
    if array.dtype.kind in "UST":
        return True
    if array.dtype.kind != "O" or not array.size:
        return False
    return all(isinstance(item, (str, bytes)) for item in array.flat)


def frame_to_array(value: Any, label: str, text: bool = False) -> Array:
    """Makes a data frame or series one array of numbers.

    Columns of different number types, booleans and nullable columns are brought to
    one dtype, a missing entry to NaN. A series becomes a column `(samples, 1)`.

    Args:
        value: An object with a `to_numpy` method.
        label: What to call it in messages, as "`x` of `fit`".
        text: Whether it may hold text, in all columns.

    Returns:
        The array.

    Raises:
        TypeError: If a column does not hold numbers.

    Example:
        >>> class Table:
        ...     def to_numpy(self): return np.arange(3)
        >>> frame_to_array(Table(), "`x` of `fit`").shape
        (3, 1)
    """
    array = np.asarray(value.to_numpy())
    if array.dtype.kind in "OUS" and not (text and holds_text(array)):
        array = _from_columns(value, label)
    return array[:, np.newaxis] if array.ndim == 1 else array


def _from_columns(value: Any, label: str) -> Array:
    names = getattr(value, "columns", None)
    if names is None:
        return _column(value, label)
    columns = [_column(value[name], f"column {name!r} of {label}") for name in names]
    return np.stack(columns, axis=1)


def _column(series: Any, label: str) -> Array:
    array = np.asarray(series.to_numpy())
    if array.dtype.kind in "biuf":
        return array
    # A nullable column says what it holds in its own dtype; as an array it is
    # one of objects as soon as an entry is missing.
    if getattr(series.dtype, "kind", "O") in "biuf":
        return np.asarray(series.to_numpy(dtype="float64", na_value=np.nan))
    first = array.flat[0] if array.size else None
    raise DtypeError(
        f"{label} must hold numbers. Received: dtype {series.dtype}, first entry "
        f"{first!r}. Encode it as numbers, or leave it out"
    )
