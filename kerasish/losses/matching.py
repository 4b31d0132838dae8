"""What every loss does first: one dtype, one shape, targets -1 and 1."""

from typing import Any

from kerasish import ops
from kerasish.core.dtypes import is_float_dtype
from kerasish.core.errors import ShapeError
from kerasish.losses.loss import squeezed

__all__ = ["matched", "signs"]


def matched(y_true: Any, y_pred: Any, name: str) -> tuple[Any, Any]:
    """Returns targets and predictions in one dtype and of one shape.

    Args:
        y_true: Targets.
        y_pred: Predictions.
        name: The loss, for the message.

    Raises:
        ShapeError: If the shapes differ by more than a last axis of size 1.
    """
    y_pred = ops.convert_to_tensor(y_pred)
    if not is_float_dtype(y_pred.dtype):
        y_pred = ops.cast(y_pred, "float32")
    y_true = ops.cast(ops.convert_to_tensor(y_true), y_pred.dtype)
    y_true, y_pred = squeezed(y_true, y_pred)
    if len(y_true.shape) != len(y_pred.shape) or any(
        a is not None and b is not None and a != b
        for a, b in zip(y_true.shape, y_pred.shape, strict=True)
    ):
        raise ShapeError(
            f"In `{name}`, targets and predictions must have the same shape. "
            f"Received: targets of shape {tuple(y_true.shape)}, predictions of shape "
            f"{tuple(y_pred.shape)}"
        )
    return y_true, y_pred


def signs(y_true: Any) -> Any:
    """Returns targets 0 and 1 as -1 and 1; others are left."""
    zero_or_one = ops.all(ops.logical_or(ops.equal(y_true, 0), ops.equal(y_true, 1)))
    return ops.where(zero_or_one, ops.subtract(ops.multiply(2.0, y_true), 1.0), y_true)
