"""The end of the data held back for validation."""

import math
from typing import Any

from kerasish.core import tree
from kerasish.core.errors import ArgumentError
from kerasish.data.arguments import check_validation_split
from kerasish.data.structures import as_columns, count_samples, is_columns

__all__ = ["train_validation_split"]


def train_validation_split(
    arrays: Any, validation_split: float, caller: str = "fit"
) -> tuple[Any, Any]:
    """Cuts `(x, y, sample_weight)` into the part to train on and the last fraction.

    The first `floor(n * (1 - validation_split))` samples are trained on, as in Keras;
    nothing is shuffled or copied.

    Args:
        arrays: Tuple of array-likes or structures of them; `None` entries stay.
        validation_split: Fraction of the samples held back, between 0 and 1.
        caller: Name of the function it was given to, for messages.

    Returns:
        Two tuples like `arrays`, of NumPy arrays.

    Raises:
        TypeError: If the fraction is no number, or something is no array.
        ValueError: If the fraction is out of range, the lengths differ, or one part
            would be empty.

    Example:
        >>> train, held = train_validation_split(([1, 2, 3, 4], None), 0.25)
        >>> train[0].tolist(), held[0].tolist()
        ([1, 2, 3], [4])
    """
    fraction = check_validation_split(validation_split, caller)
    for part in arrays:
        if part is not None and not is_columns(part):
            raise ArgumentError(
                f"`validation_split` of `{caller}` needs arrays. Received: data of "
                f"type {type(part).__name__}; give `validation_data` instead"
            )
    names = ("x", "y", "sample_weight")[: len(arrays)]
    parts = {
        name: as_columns(part, name, f"`{caller}`", text=name == "x")
        for name, part in zip(names, arrays, strict=True)
    }
    samples = count_samples(parts, f"`{caller}`")
    cut = math.floor(samples * (1.0 - fraction))
    if not 0 < cut < samples:
        raise ArgumentError(
            f"`validation_split` of `{caller}` must leave at least one sample to train "
            f"on and one to validate on. Received: validation_split={fraction} for "
            f"{samples} samples"
        )
    columns = tuple(parts.values())
    return _rows(columns, slice(None, cut)), _rows(columns, slice(cut, None))


def _rows(columns: Any, rows: slice) -> Any:
    return tree.map_structure(lambda leaf: leaf[rows], columns, none_is_leaf=False)
