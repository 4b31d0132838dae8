"""The ratio of a signal's peak to the noise."""

import math
from typing import Any

from kerasish.autodiff import op
from kerasish.core.dtypes import is_float_dtype
from kerasish.core.errors import ShapeError
from kerasish.ops.arithmetic import multiply, subtract
from kerasish.ops.conversion import cast, converted
from kerasish.ops.exponentials import log10
from kerasish.ops.extremes import square
from kerasish.ops.reductions import mean

__all__ = ["psnr"]


@op
def psnr(x1: Any, x2: Any, max_val: float) -> Any:
    """Computes `20 log10(max_val) - 10 log10(mean((x1 - x2)^2))`, in decibels.

    Args:
        x1: Tensor.
        x2: Tensor of the same shape.
        max_val: The largest number that a signal can have.

    Returns:
        Scalar tensor; infinite where both are equal.

    Raises:
        ShapeError: If the shapes differ.

    Example:
        >>> round(psnr([0.0, 1.0], [1.0, 0.0], 10.0).item(), 4)
        20.0
    """
    x1, x2 = converted(x1), converted(x2)
    if tuple(x1.shape) != tuple(x2.shape):
        raise ShapeError(
            "`psnr` compares tensors of one shape. "
            f"Received: {tuple(x1.shape)}, {tuple(x2.shape)}"
        )
    away = subtract(_floats(x1), _floats(x2))
    noise = multiply(log10(mean(square(away))), 10.0)
    return subtract(20.0 * math.log10(max_val), noise)


def _floats(x: Any) -> Any:
    return x if is_float_dtype(x.dtype) else cast(x, "float32")
