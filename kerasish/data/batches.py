"""One batch of an iterable made `(x, y, sample_weight)` of checked NumPy arrays."""

from typing import Any

from kerasish.core import tree
from kerasish.core.errors import ArgumentError, ArgumentTypeError
from kerasish.data.class_weights import fold_class_weight
from kerasish.data.columns import dense, is_number_list, is_text_list
from kerasish.data.sample_weights import check_sample_weight
from kerasish.data.structures import as_columns, count_samples

__all__ = ["Batch", "dense_structure", "standardize_batch", "standardize_weights"]

Batch = tuple[Any, Any, Any]


def standardize_batch(
    batch: Any, place: str, class_weight: dict[int, float] | None = None
) -> Batch:
    """Checks what an iterable yielded and makes it `(x, y, sample_weight)`.

    Args:
        batch: `x`, `(x,)`, `(x, y)` or `(x, y, sample_weight)` of array-likes.
        place: What to call it in messages, as "batch 3 of `fit`".
        class_weight: Checked class weights to fold in, or `None`.

    Returns:
        Structures of arrays, `None` for what is absent.

    Raises:
        TypeError: If it holds something that is no array of numbers.
        ValueError: If it has more than three entries, or their lengths differ.

    Example:
        >>> standardize_batch(([1, 2], [3, 4]), "batch 0 of `fit`")
        (array([1, 2]), array([3, 4]), None)
    """
    # A list of nothing but numbers, or text, is one array of inputs.
    one = is_number_list(batch) or is_text_list(batch)
    several = isinstance(batch, (tuple, list)) and not one
    entries = tuple(batch) if several else (batch,)
    if not 1 <= len(entries) <= 3 or entries[0] is None:
        kind = type(batch).__name__
        received = f"a {kind} of {len(entries)} entries" if batch is not None else ""
        if entries and entries[0] is None:
            received = "None" if batch is None else f"a {kind} that begins with None"
        error = ArgumentTypeError if batch is None else ArgumentError
        raise error(
            f"{place[0].upper()}{place[1:]} must be `x`, `(x,)`, `(x, y)` or "
            f"`(x, y, sample_weight)`. Received: {received}"
        )
    names = ("x", "y", "sample_weight")
    parts = {
        name: dense_structure(as_columns(entry, name, place, text=name == "x"))
        for name, entry in zip(names, entries, strict=False)
    }
    count_samples(parts, place)
    x, y, sample_weight = (parts.get(name) for name in names)
    return x, y, standardize_weights(y, sample_weight, class_weight, place)


def standardize_weights(
    y: Any, sample_weight: Any, class_weight: dict[int, float] | None, place: str
) -> Any:
    """Checks sample weights, or makes them out of class weights.

    Args:
        y: Structure of targets, or `None`.
        sample_weight: Structure of weights, or `None`.
        class_weight: Checked class weights, or `None`.
        place: Where they were given, as "`fit`".

    Raises:
        ValueError: If both are given, as in Keras, or one does not fit the targets.

    Example:
        >>> import numpy as np
        >>> standardize_weights(np.array([0, 1]), None, {1: 2.0}, "`fit`").tolist()
        [1.0, 2.0]
    """
    if class_weight is None:
        if sample_weight is None:
            return None
        return check_sample_weight(y, sample_weight, place)
    if sample_weight is not None:
        raise ArgumentError(
            f"`class_weight` and `sample_weight` of {place} cannot be used together. "
            "Multiply `sample_weight` by the weight of each sample's class"
        )
    return fold_class_weight(y, class_weight, place)


def dense_structure(structure: Any) -> Any:
    """Makes every sparse leaf of a structure an array.

    Args:
        structure: A structure of columns.

    Example:
        >>> dense_structure([None])
        [None]
    """
    if not tree.is_nested(structure):
        return None if structure is None else dense(structure)
    return tree.map_structure(dense, structure, none_is_leaf=False)
