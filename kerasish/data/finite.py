"""Where NaN and infinities stand in data, for the moment a loss becomes one."""

from typing import Any

import numpy as np

from kerasish.core import tree
from kerasish.data.adapters import row_number
from kerasish.data.structures import leaf_names

__all__ = ["first_nonfinite", "nonfinite_report"]


def first_nonfinite(name: str, array: Any, first_row: Any = 0) -> str | None:
    """Says how many entries of an array are not finite and where the first stands.

    Args:
        name: What to call the array.
        array: A NumPy array; whole numbers, booleans and text are always finite.
        first_row: Row number of the first entry in the whole data, or the row
            numbers of all, as the `rows` of an adapter are.

    Returns:
        A sentence, or `None` if all is finite.

    Example:
        >>> first_nonfinite("x", np.array([[0.0], [np.nan]]))
        '`x` holds 1 NaN and 0 infinite entries of 2, the first at row 1: nan'
    """
    if array.dtype.kind in "biuOSUT" or array.size == 0:
        return None
    # NaN and infinities survive min and max, which make no copy of the array.
    with np.errstate(invalid="ignore"):
        low, high = array.min(), array.max()
    if np.isfinite(low) and np.isfinite(high):
        return None
    nan, infinite = np.isnan(array), np.isinf(array)
    spot = np.unravel_index(int(np.argmax(nan | infinite)), array.shape)
    inside = ", ".join(str(int(i)) for i in spot[1:])
    at = f" [{inside}]" if array[0].size > 1 else ""
    row = row_number(first_row, int(spot[0]))
    return (
        f"`{name}` holds {int(nan.sum())} NaN and {int(infinite.sum())} infinite "
        f"entries of {array.size}, the first at row {row}{at}: {array[spot]}"
    )


def nonfinite_report(
    x: Any, y: Any = None, sample_weight: Any = None, first_row: Any = 0
) -> str | None:
    """Says what is not finite in a batch, over all of its arrays.

    Args:
        x: Structure of inputs.
        y: Structure of targets, or `None`.
        sample_weight: Structure of weights, or `None`.
        first_row: Row number of the first sample in the whole data, or those of all.

    Returns:
        Sentences joined by "; ", or `None` if all is finite.

    Example:
        >>> nonfinite_report(np.zeros(2), {"a": np.array([1.0, np.inf])})
        "`y['a']` holds 0 NaN and 1 infinite entries of 2, the first at row 1: inf"
    """
    found = []
    for part, structure in (("x", x), ("y", y), ("sample_weight", sample_weight)):
        leaves = [leaf for leaf in tree.flatten(structure) if leaf is not None]
        for name, leaf in zip(leaf_names(structure, part), leaves, strict=True):
            found.append(first_nonfinite(name, leaf, first_row))
    return "; ".join(text for text in found if text) or None
