"""Whether the weights of a file are those of a model: decided before any is changed."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from kerasish.core.dtypes import is_float_dtype, is_int_dtype
from kerasish.core.naming import to_snake_case
from kerasish.saving.weight_store import WeightReader

__all__ = ["describe", "find_doubts", "find_misfit", "find_renamed", "find_swapped"]

_LARGEST = {
    "float16": 65504.0,
    "bfloat16": 3.3895313892515355e38,
    "float32": 3.4028234663852886e38,
}


def describe(obj: Any) -> str:
    """Returns an object's class and name, for messages.

    Args:
        obj: A layer, model or optimizer.

    Example:
        >>> describe(3)
        '`int`'
    """
    name = getattr(obj, "name", None)
    kind = f"`{type(obj).__name__}`"
    return f"{kind} {name!r}" if name else kind


def _expected(obj: Any) -> dict[str, Any]:
    """Returns what an object would save, by its keys.

    Args:
        obj: A layer, model or optimizer.
    """
    expected: dict[str, Any] = {}
    obj.save_own_variables(expected)
    return expected


def find_misfit(obj: Any, stored: WeightReader) -> str | None:
    """Says why stored weights are not those of an object, or returns None.

    Objects of a class of the user that overrides `load_own_variables` decide
    themselves what fits.

    Args:
        obj: A layer, model or optimizer.
        stored: What the file holds for it.
    """
    loader = getattr(type(obj), "load_own_variables", None)
    if not getattr(loader, "__module__", "").startswith("kerasish."):
        return None
    expected = _expected(obj)
    if not stored and expected:
        return f"{_needs(obj, expected)}; the file has none at {stored.path!r}"
    if len(stored) != len(expected) or set(stored.shapes) != set(expected):
        unbuilt = "" if getattr(obj, "built", True) else " (it is not built yet)"
        return (
            f"{_needs(obj, expected)}{unbuilt}; the file has {len(stored)} at "
            f"{stored.path!r}: {_shapes(stored.shapes)}"
        )
    for key, weight in expected.items():
        shape = tuple(np.shape(weight))
        if stored.shapes[key] != shape:
            return (
                f"{_weight_name(weight, key)} of {describe(obj)} has the shape "
                f"{shape}, but {stored.path}/{key} in the file has "
                f"{stored.shapes[key]}"
            )
    return None


def find_doubts(obj: Any, stored: WeightReader) -> list[str]:
    """Lists what is suspicious about the values stored for an object.

    Args:
        obj: A layer, model or optimizer.
        stored: What the file holds for it, fetched.
    """
    found = []
    for key, weight in _expected(obj).items():
        dtype = str(getattr(weight, "dtype", ""))
        if key not in stored or not dtype:
            continue
        problem = _doubt(stored[key], dtype)
        if problem:
            found.append(f"{_weight_name(weight, key)} of {describe(obj)} {problem}")
    return found


def find_swapped(names: Sequence[tuple[Any, str]]) -> str:
    """Says which layers stand in another order in the file, if any.

    Args:
        names: Objects, each with the name that the file has in its place.

    Example:
        >>> class Dense: pass
        >>> a, b = Dense(), Dense(); a.name, b.name = "enc", "dec"
        >>> find_swapped([(a, "dec"), (b, "enc")])
        "'enc' would get the weights of 'dec', 'dec' would get the weights of 'enc'"
    """
    chosen = {obj.name for obj, _ in names if _is_chosen(obj, _name(obj))}
    return ", ".join(
        f"{obj.name!r} would get the weights of {stored!r}"
        for obj, stored in names
        if _name(obj) in chosen and stored in chosen and stored != obj.name
    )


def find_renamed(names: Sequence[tuple[Any, str]]) -> list[str]:
    """Lists the objects for which the file has another name, both chosen by a user.

    Args:
        names: Objects, each with the name that the file has in its place.
    """
    return [
        f"{describe(obj)} gets the weights that were saved as {stored!r}"
        for obj, stored in names
        if stored
        and stored != _name(obj)
        and _is_chosen(obj, stored)
        and _is_chosen(obj, _name(obj))
    ]


def _name(obj: Any) -> str:
    return str(getattr(obj, "name", "") or "")


def _is_chosen(obj: Any, name: str) -> bool:
    """Returns whether a user must have chosen a name, as it is no automatic one."""
    automatic = re.escape(to_snake_case(type(obj).__name__)) + r"(_\d+)?"
    return bool(name) and re.fullmatch(automatic, name) is None


def _doubt(array: np.ndarray, dtype: str) -> str:
    """Says what assigning an array to a variable of a dtype would lose."""
    kind = array.dtype.kind
    if is_float_dtype(dtype):
        if kind in "iub":
            return f"holds {dtype} but was saved as {array.dtype}"
        if not np.isfinite(array).all():
            return f"holds {int(np.sum(~np.isfinite(array)))} NaN or infinite values"
        if array.size and np.abs(array).max() > _LARGEST.get(dtype, np.inf):
            return f"holds values too large for {dtype}, which become infinite"
    elif is_int_dtype(dtype) and kind == "f" and not (array == np.round(array)).all():
        return f"holds {dtype} but was saved with fractions, as {array.dtype}"
    return ""


def _needs(obj: Any, expected: Mapping[str, Any]) -> str:
    names = [
        f"{getattr(weight, 'name', key)} {tuple(np.shape(weight))}"
        for key, weight in expected.items()
    ]
    return f"{describe(obj)} needs {len(expected)} weights ({', '.join(names[:8])})"


def _shapes(shapes: Mapping[str, tuple[int, ...]]) -> str:
    return ", ".join(str(shape) for shape in list(shapes.values())[:8])


def _weight_name(weight: Any, key: str) -> str:
    return f"weight {getattr(weight, 'path', None) or key!r}"
