"""Columns: one array-like of any library made a NumPy array, or a sparse matrix.

Nothing but NumPy is imported. What a value is shows in what it offers: `to_numpy`
(pandas, polars), `tocsr` (scipy.sparse), `__array__` or `__dlpack__` (tensors of any
library, kerasish's own among them), or it is a flat list of numbers.
"""

import array
from typing import Any

import numpy as np

from kerasish.core.errors import (
    ArgumentError,
    ArgumentTypeError,
    DtypeError,
    ShapeError,
)
from kerasish.data.frames import frame_to_array, holds_text

__all__ = [
    "as_column",
    "as_one_column",
    "dense",
    "is_array_like",
    "is_number_list",
    "is_sparse",
    "is_text_list",
    "take_rows",
]

Array = Any

_NUMBERS = (bool, int, float, complex, np.number, np.bool_)
_FLAT = (range, array.array, memoryview)
_PROTOCOLS = ("to_numpy", "tocsr", "__array__", "__dlpack__")
# Dtypes of ml_dtypes, which NumPy files under "void".
_SMALL_DTYPES = ("bfloat16", "float8", "float6", "float4", "int4", "uint4")


def is_number_list(value: Any) -> bool:
    """Returns whether a value is a list or tuple of nothing but numbers.

    Args:
        value: Anything.

    Example:
        >>> is_number_list([1, 2.5]), is_number_list([]), is_number_list([[1]])
        (True, False, False)
    """
    if isinstance(value, _FLAT):
        return True
    if not isinstance(value, (list, tuple)) or not value:
        return False
    return all(isinstance(item, _NUMBERS) for item in value)


def is_text_list(value: Any) -> bool:
    """Returns whether a value is a list or tuple of nothing but text.

    Args:
        value: Anything.

    Example:
        >>> is_text_list(["a", b"b"]), is_text_list([]), is_text_list("ab")
        (True, False, False)
    """
    if not isinstance(value, (list, tuple)) or not value:
        return False
    return all(isinstance(item, (str, bytes)) for item in value)


def is_array_like(value: Any) -> bool:
    """Returns whether a value stands for one array.

    Args:
        value: Anything.

    Example:
        >>> is_array_like(np.ones(2)), is_array_like([1, 2]), is_array_like("ab")
        (True, True, False)
    """
    if isinstance(value, np.ndarray):
        return True
    if isinstance(value, type):
        return False
    return any(hasattr(value, name) for name in _PROTOCOLS) or is_number_list(value)


def is_sparse(column: Any) -> bool:
    """Returns whether a column is a sparse matrix rather than an array.

    Args:
        column: Anything.

    Example:
        >>> is_sparse(np.eye(2))
        False
    """
    return not isinstance(column, np.ndarray) and hasattr(column, "tocsr")


def as_column(value: Any, label: str, text: bool = False) -> Array:
    """Makes one array-like a NumPy array of numbers, or a sparse matrix by rows.

    Dtypes are kept; nothing is copied that need not be. A one-dimensional pandas
    Series becomes a column `(samples, 1)`, as in Keras.

    Args:
        value: An array-like.
        label: What to call it in messages, as "`x` of `fit`".
        text: Whether it may hold text, which layers may look up.

    Returns:
        An array of at least one dimension, or a CSR matrix.

    Raises:
        TypeError: If it does not hold real numbers.
        ValueError: If it is a scalar, ragged, or a masked array with masked entries.

    Example:
        >>> as_column([1, 2, 3], "`y` of `fit`").tolist()
        [1, 2, 3]
    """
    if is_sparse(value):
        return _sparse_column(value, label)
    if isinstance(value, np.ndarray):
        array = value
    elif text and is_text_list(value):
        array = np.asarray(value)
    else:
        array = _to_numpy(value, label, text)
    if isinstance(array, np.ma.MaskedArray):
        array = _unmask(array, label)
    if not (text and holds_text(array)):
        _check_dtype(array, label)
    if array.ndim == 0:
        raise ShapeError(
            f"{label} must have a first axis of samples. Received: the scalar {array}"
        )
    return np.asarray(array)


def as_one_column(value: Any, label: str) -> Array:
    """Makes one array-like a column where nested lists can only mean an array.

    Args:
        value: An array-like, or nested lists of numbers.
        label: What to call it in messages, as "`x` of `normalize`".

    Raises:
        TypeError: If it does not hold real numbers.
        ValueError: If it is a scalar or ragged.

    Example:
        >>> as_one_column([[1, 2], [3, 4]], "`x` of `normalize`").shape
        (2, 2)
    """
    if isinstance(value, (list, tuple)):
        try:
            value = np.asarray(value)
        except ValueError as error:
            raise ShapeError(
                f"{label} must be a rectangular array of numbers: {error}"
            ) from error
    return as_column(value, label)


def take_rows(column: Array, index: Any, into: np.ndarray | None = None) -> Array:
    """Returns some rows of a column as a dense array.

    Args:
        column: An array or a CSR matrix.
        index: A slice, which gives a view of an array, or an array of row numbers.
        into: An array that is taken for the result of a gather if it fits.

    Example:
        >>> take_rows(np.arange(5), np.array([3, 1])).tolist()
        [3, 1]
    """
    if not isinstance(column, np.ndarray):
        return column[index].toarray()
    if isinstance(index, slice):
        return column[index]
    if not isinstance(into, np.ndarray) or into.dtype != column.dtype:
        return column.take(index, axis=0)
    if into.shape != (len(index), *column.shape[1:]):
        return column.take(index, axis=0)
    # The numbers are right, so that no mode is needed; only "raise" would buffer.
    return column.take(index, axis=0, out=into, mode="clip")


def dense(column: Array) -> Array:
    """Returns a whole column as an array.

    Args:
        column: An array or a CSR matrix.

    Example:
        >>> dense(np.arange(2)).tolist()
        [0, 1]
    """
    return column if isinstance(column, np.ndarray) else column.toarray()


def _to_numpy(value: Any, label: str, text: bool) -> Array:
    if hasattr(value, "to_numpy"):
        return frame_to_array(value, label, text)
    if hasattr(value, "detach") and hasattr(value, "cpu"):
        value = value.detach().cpu()
    elif hasattr(value, "__cuda_array_interface__") and hasattr(value, "get"):
        value = value.get()
    try:
        if hasattr(value, "__array__") or is_number_list(value):
            return np.asarray(value)
        return np.from_dlpack(value)
    except (TypeError, ValueError, RuntimeError, BufferError) as error:
        raise ArgumentTypeError(
            f"{label} cannot be read as a NumPy array. Received: a "
            f"{type(value).__module__}.{type(value).__name__}; it says: {error}"
        ) from error


def _sparse_column(value: Any, label: str) -> Any:
    matrix = value.tocsr()
    if len(matrix.shape) != 2:
        raise ShapeError(
            f"{label} must be a sparse matrix of two axes. Received: shape "
            f"{tuple(matrix.shape)}"
        )
    _check_dtype(matrix, label)
    return matrix


def _unmask(array: Any, label: str) -> Array:
    masked = int(np.ma.getmaskarray(array).sum())
    if masked:
        raise ArgumentError(
            f"{label} is a masked array with {masked} masked entries, which a model "
            "cannot leave out. Fill them with `.filled(value)`"
        )
    return array.data


def _check_dtype(column: Array, label: str) -> None:
    kind = column.dtype.kind
    if kind in "biuf" or column.dtype.name.startswith(_SMALL_DTYPES):
        return
    if kind == "O":
        raise _object_error(column, label)
    mend = {
        "c": "Split it into real and imaginary parts",
        "U": "Encode text as numbers first",
        "S": "Encode text as numbers first",
        "M": "Turn times into numbers first",
        "m": "Turn times into numbers first",
    }.get(kind, "Give one array for each field")
    raise DtypeError(
        f"{label} must hold real numbers. Received: dtype {column.dtype}, shape "
        f"{tuple(column.shape)}. {mend}"
    )


def _object_error(column: Array, label: str) -> Exception:
    received = f"an array of Python objects (dtype object), shape {column.shape}"
    first: Any = column.flat[0] if column.size else None
    if hasattr(first, "__len__") and not isinstance(first, (str, bytes)):
        return ShapeError(
            f"{label} must be a rectangular array of numbers. Received: {received}, "
            f"whose first entry is a {type(first).__name__} of length {len(first)}. "
            "Pad rows of different lengths with `pad_sequences`, or stack equal ones "
            "with `np.stack`"
        )
    return DtypeError(
        f"{label} must hold numbers. Received: {received}, whose first entry is "
        f"{first!r}. Convert it with `.astype('float32')`"
    )
