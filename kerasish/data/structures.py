"""Nested structures of columns: inputs, targets and weights as a model takes them."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from kerasish.core import tree
from kerasish.core.errors import ArgumentError, ArgumentTypeError, ShapeError
from kerasish.data.columns import (
    as_column,
    is_array_like,
    is_number_list,
    is_text_list,
)

__all__ = ["as_columns", "count_samples", "is_columns", "leaf_names", "unusable"]

_ACCEPTED = (
    "Expected arrays, lists, tuples or dicts of arrays, pandas objects, scipy.sparse "
    "matrices, tensors, a generator, an iterable of batches or a `PyDataset`"
)


def is_columns(value: Any) -> bool:
    """Returns whether a value is an array-like or a structure of them.

    Args:
        value: Anything.

    Example:
        >>> is_columns({"a": np.ones(2)}), is_columns(iter([]))
        (True, False)
    """
    return isinstance(value, (list, tuple, Mapping)) or is_array_like(value)


def as_columns(value: Any, name: str, place: str, text: bool = False) -> Any:
    """Makes every leaf of a structure a column; `None` leaves stay.

    A list or tuple is a structure of several arrays, as in Keras, unless it holds
    nothing but numbers, when it is one array. A list of lists of numbers could mean
    either rows or inputs, so it is refused.

    Args:
        value: An array-like, or lists, tuples and dicts of them.
        name: Name of the argument, as `"x"`.
        place: Where it was given, as "`fit`".
        text: Whether arrays may hold text; a list of nothing but text is one array.

    Returns:
        The same structure of arrays and CSR matrices.

    Raises:
        TypeError: If a leaf is no array of numbers.
        ValueError: If a leaf is a scalar or ragged, or a list is empty.

    Example:
        >>> as_columns({"a": [1, 2]}, "x", "`fit`")
        {'a': array([1, 2])}
    """
    if isinstance(value, np.ndarray) or text and is_text_list(value):
        return as_column(value, f"`{name}` of {place}", text)
    if isinstance(value, Mapping):
        _check_not_empty(value, name, place)
        return {
            k: as_columns(v, f"{name}[{k!r}]", place, text) for k, v in value.items()
        }
    if isinstance(value, (list, tuple)) and not is_number_list(value):
        _check_not_empty(value, name, place)
        _check_rows(value, name, place)
        parts = [
            as_columns(v, f"{name}[{i}]", place, text) for i, v in enumerate(value)
        ]
        if hasattr(value, "_fields"):
            return type(value)(*parts)
        return tuple(parts) if isinstance(value, tuple) else parts
    if value is None:
        return None
    if is_array_like(value):
        return as_column(value, f"`{name}` of {place}", text)
    raise unusable(value, name, place)


def unusable(value: Any, name: str, place: str) -> ArgumentTypeError:
    """Builds the error for a value that is no kind of data.

    Args:
        value: What was given.
        name: Name of the argument.
        place: Where it was given, as "`fit`".

    Returns:
        The error, to be raised by the caller.

    Example:
        >>> str(unusable(3, "x", "`fit`")).split(". ")[-1]
        'Received: the number 3'
    """
    return ArgumentTypeError(
        f"`{name}` of {place} cannot be used as data. {_ACCEPTED}. "
        f"Received: {_describe(value)}"
    )


def leaf_names(structure: Any, name: str) -> list[str]:
    """Lists what to call each leaf that is not `None`, in flattening order.

    Args:
        structure: A structure of columns.
        name: Name of the whole.

    Example:
        >>> leaf_names([np.ones(1), {"a": np.ones(1)}], "x")
        ['x[0]', "x[1]['a']"]
    """
    return [
        name + "".join(f"[{key!r}]" for key in path)
        for path, leaf in tree.flatten_with_path(structure)
        if leaf is not None
    ]


def count_samples(parts: Mapping[str, Any], place: str) -> int:
    """Returns the number of samples that all leaves have in common.

    Args:
        parts: Structures of columns by the name of their argument.
        place: Where they were given, as "`fit`".

    Raises:
        ValueError: If two leaves differ in length, or there is none.

    Example:
        >>> count_samples({"x": np.ones((3, 2)), "y": np.ones(3)}, "`fit`")
        3
    """
    sizes: dict[str, int] = {}
    for name, structure in parts.items():
        leaves = [leaf for leaf in tree.flatten(structure) if leaf is not None]
        lengths = [leaf.shape[0] for leaf in leaves]
        sizes.update(zip(leaf_names(structure, name), lengths, strict=True))
    if not sizes:
        raise ArgumentError(f"`x` of {place} holds no array. Received: x=None")
    if len(set(sizes.values())) > 1:
        shown = ", ".join(f"`{name}` has {size}" for name, size in sizes.items())
        raise ShapeError(
            f"All arrays of {place} must hold the same number of samples. "
            f"Received: {shown}.{_stack_hint(parts)}"
        )
    return next(iter(sizes.values()))


def _check_not_empty(value: Any, name: str, place: str) -> None:
    if not len(value):
        raise ArgumentError(
            f"`{name}` of {place} holds no array. Received: an empty "
            f"{type(value).__name__}"
        )


def _check_rows(value: Any, name: str, place: str) -> None:
    rows = [
        item
        for item in value
        if isinstance(item, (list, tuple)) and is_number_list(item)
    ]
    if len(rows) < len(value):
        return
    lengths = sorted({len(row) for row in rows})
    if len(lengths) > 1:
        raise ShapeError(
            f"`{name}` of {place} must be a rectangular array of numbers. Received: a "
            f"{type(value).__name__} of {len(value)} rows of lengths {lengths[0]} to "
            f"{lengths[-1]}. Pad them with `pad_sequences`"
        )
    raise ArgumentTypeError(
        f"`{name}` of {place} must be an array, or a list or dict of arrays where the "
        f"model has several. Received: a {type(value).__name__} of {len(value)} lists "
        f"of {lengths[0]} numbers. Make it one array with `np.array({name})`"
    )


def _stack_hint(parts: Mapping[str, Any]) -> str:
    x, y = parts.get("x"), parts.get("y")
    if not isinstance(x, (list, tuple)) or y is None or not hasattr(y, "shape"):
        return ""
    same = len({getattr(item, "shape", None) for item in x}) == 1
    if same and len(x) == y.shape[0]:
        return (
            " A list means one array for each input of the model; make a list of "
            "samples one array with `np.stack(x)`"
        )
    return ""


def _describe(value: Any) -> str:
    if isinstance(value, (str, bytes)):
        return f"the text {value[:40]!r}"
    if isinstance(value, (int, float, complex)):
        return f"the number {value!r}"
    mend = ""
    if hasattr(value, "__getitem__") and hasattr(value, "__len__"):
        mend = ", which has no `__iter__`. Derive it from `PyDataset` if it has batches"
    elif callable(value):
        mend = ". Call it, and give what it returns"
    return f"a {type(value).__module__}.{type(value).__qualname__}{mend}"
