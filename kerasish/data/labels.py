"""Checks of targets against the loss: class numbers, probabilities, one-hot rows."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from kerasish.core.errors import ArgumentError, DataWarning, unknown
from kerasish.data.adapters import row_number

__all__ = ["check_labels"]

Array = Any
# How far a one-hot row in half precision may be from 1.
_SUM_TOLERANCE = 1e-2


def check_labels(
    loss_kind: str,
    y: Array,
    num_classes: int | None = None,
    first_row: Any = 0,
    *,
    name: str = "y",
    pred_shape: tuple[int | None, ...] | None = None,
    ignore_class: int | None = None,
    sample_weight: Array | None = None,
) -> None:
    """Checks the targets of one batch, or of the whole data, for a kind of loss.

    A label is compared in its own dtype, so that one beyond 32 bits is not taken for
    another. Samples of weight 0 are free to hold anything. NaN targets of the losses
    other than sparse cross-entropy pass: `first_nonfinite` finds them.

    Args:
        loss_kind: `"sparse_categorical_crossentropy"`, `"categorical_crossentropy"` or
            `"binary_crossentropy"`.
        y: Targets, a NumPy array.
        num_classes: Width of the predictions, for sparse labels.
        first_row: Row number of the first target in the whole data, or the row
            numbers of all, as the `rows` of an adapter are.
        name: What to call the targets.
        pred_shape: Shape of the predictions; tells one-hot targets of a sparse loss.
        ignore_class: A label that the loss leaves out.
        sample_weight: Weights of the samples.

    Raises:
        ValueError: If a sparse label is no whole number or out of range, or a binary
            target is outside 0 to 1. A `DataWarning` tells of rows of categorical
            targets that are negative or do not sum to 1.

    Example:
        >>> check_labels("sparse_categorical_crossentropy", np.array([0, 2]), 3)
    """
    checks: dict[str, Callable[[], None]] = {
        "sparse_categorical_crossentropy": lambda: _check_sparse(
            used, num_classes, place, pred_shape, ignore_class
        ),
        "binary_crossentropy": lambda: _check_binary(used, place),
        "categorical_crossentropy": lambda: _check_categorical(used, place),
    }
    if loss_kind not in checks:
        raise unknown("kind of loss", loss_kind, checks)
    place = _Place(name, first_row)
    used = _used(y, sample_weight, place)
    if used.size:
        checks[loss_kind]()


class _Place:
    """What the targets are called, and which rows of the data they are."""

    def __init__(self, name: str, first_row: Any) -> None:
        self.name = name
        self.first_row = first_row
        self.kept: Array | None = None

    def row(self, y: Array, wrong: Array) -> int:
        return self.number(int(np.argmax(wrong.reshape(len(y), -1).any(axis=1))))

    def number(self, position: int) -> int:
        kept = position if self.kept is None else int(self.kept[position])
        return row_number(self.first_row, kept)


def _used(y: Array, sample_weight: Array | None, place: _Place) -> Array:
    if sample_weight is None or len(sample_weight) != len(y):
        return y
    weights = sample_weight.reshape(len(y), -1)
    if not (weights == 0).any():
        return y
    if weights.shape[1] > 1:
        # Weights of single steps: those left out take the value of a used one.
        used = sample_weight != 0
        if y.shape[: used.ndim] != used.shape or not used.any():
            return y[:0]
        y = y.copy()
        y[~used] = y[used][0]
        return y
    place.kept = np.flatnonzero(weights[:, 0])
    return y[place.kept]


def _check_sparse(
    y: Array,
    num_classes: int | None,
    place: _Place,
    pred_shape: tuple[int | None, ...] | None,
    ignore_class: int | None,
) -> None:
    if pred_shape is not None:
        num_classes = pred_shape[-1] if num_classes is None else num_classes
        _refuse_one_hot(y, place, pred_shape)
    if y.dtype.kind == "b":
        y = y.view("uint8")
    if y.dtype.kind not in "iu" and not (y == np.rint(y)).all():
        wrong = y != np.rint(y)
        raise _label_error(
            y, wrong, place, "sparse labels must be whole numbers, one for each sample"
        )
    low, high = y.min(), y.max()
    if low >= 0 and (num_classes is None or high < num_classes):
        return
    wrong = y < 0
    if num_classes is not None:
        wrong |= y >= num_classes
    if ignore_class is not None:
        wrong &= y != ignore_class
    if wrong.any():
        classes = "" if num_classes is None else f", as there are {num_classes} classes"
        last = "" if num_classes is None else f" and at most {num_classes - 1}"
        raise _label_error(
            y, wrong, place, f"sparse labels must be at least 0{last}{classes}"
        )


def _refuse_one_hot(
    y: Array, place: _Place, pred_shape: tuple[int | None, ...]
) -> None:
    width = pred_shape[-1]
    if y.ndim != len(pred_shape) or y.shape[-1] != width or width == 1:
        return
    raise ArgumentError(
        f"`{place.name}` of sparse categorical cross-entropy must hold class numbers. "
        f"Received: shape {y.shape} for predictions of {width} classes, so it looks "
        "one-hot. Use 'categorical_crossentropy', or `np.argmax(y, axis=-1)`"
    )


def _check_binary(y: Array, place: _Place) -> None:
    if y.dtype.kind == "b" or not (y.min() < 0 or y.max() > 1 or _has_nan(y)):
        return
    wrong = (y < 0) | (y > 1)
    if not wrong.any():
        return
    hint = ""
    if np.isin(y, (-1, 1)).all():
        hint = ". The labels look like -1 and +1: use `(y + 1) / 2`, or a hinge loss"
    elif (y == np.rint(y)).all() and y.min() >= 0:
        hint = (
            ". The labels look like class numbers: use "
            "'sparse_categorical_crossentropy' with one output for each class"
        )
    raise _label_error(
        y, wrong, place, "targets of binary cross-entropy must be from 0 to 1", hint
    )


def _check_categorical(y: Array, place: _Place) -> None:
    if y.ndim < 2:
        return
    sums = y.sum(axis=-1, dtype="float64")
    off = np.abs(sums - 1.0)
    if y.ndim > 2:
        # Padded steps of a sequence are commonly rows of zeros.
        off[sums == 0] = 0.0
    if y.dtype.kind not in "bu":
        off += np.where(y.min(axis=-1) < 0, 1.0, 0.0)
    off = np.nan_to_num(off)
    worst = np.unravel_index(int(np.argmax(off)), off.shape)
    if off[worst] <= _SUM_TOLERANCE:
        return
    row = place.number(int(worst[0]))
    shown = np.array2string(y[worst], precision=4, threshold=6)
    warnings.warn(
        f"Rows of `{place.name}` for categorical cross-entropy should not be negative "
        f"and should sum to 1. The worst is row {row}: {shown}, with sum "
        f"{sums[worst]:.4g}",
        DataWarning,
        stacklevel=3,
    )


def _has_nan(y: Array) -> bool:
    return bool(y.dtype.kind == "f" and np.isnan(y.min()))


def _label_error(
    y: Array, wrong: Array, place: _Place, rule: str, hint: str = ""
) -> ArgumentError:
    label = y[np.unravel_index(int(np.argmax(wrong)), wrong.shape)]
    return ArgumentError(
        f"In `{place.name}`, {rule}. Received: label {label} at row "
        f"{place.row(y, wrong)}{hint}"
    )
