"""Losses of whole sequences: labels without an alignment to the frames."""

from typing import Any

from kerasish import ops
from kerasish.core.errors import ShapeError
from kerasish.losses.regression_losses import FixedLoss

__all__ = ["CTC", "ctc"]

BLANK = 0


def ctc(y_true: Any, y_pred: Any) -> Any:
    """Computes `-log p(labels)`, summed over all alignments with the frames.

    Args:
        y_true: Integer labels `(batch, labels)`; 0 is blank and fills short rows up.
        y_pred: Logits `(batch, frames, classes)`, of blank first.

    Returns:
        Tensor `(batch,)`.

    Raises:
        ShapeError: If the shapes do not fit.

    Example:
        >>> round(ctc([[1]], [[[0.0, 0.0]]]).tolist()[0], 4)
        0.6931

    Reference:
        Graves et al., 2006, "Connectionist temporal classification".
    """
    y_true, y_pred = ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred)
    if len(y_true.shape) != 2:
        raise ShapeError(
            "Targets of `ctc` must be integers of shape (batch, labels). "
            f"Received: shape {y_true.shape}"
        )
    if len(y_pred.shape) != 3:
        raise ShapeError(
            "Predictions of `ctc` must be logits of shape (batch, frames, classes). "
            f"Received: shape {y_pred.shape}"
        )
    labels = ops.cast(y_true, "int32")
    lengths = ops.sum(ops.cast(ops.not_equal(labels, BLANK), "int32"), axis=-1)
    frames = ops.full((y_pred.shape[0],), y_pred.shape[1], "int32")
    return ops.ctc_loss(labels, y_pred, lengths, frames, mask_index=BLANK)


class CTC(FixedLoss):
    """The connectionist temporal classification loss.

    Args:
        reduction: As for `Loss`.
        name: The name in logs.
        dtype: A dtype name or policy for the computation.

    Example:
        >>> round(float(CTC()([[1]], [[[0.0, 0.0]]])), 4)
        0.6931
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "ctc",
        dtype: Any = None,
    ) -> None:
        super().__init__(ctc, reduction, name, dtype)
