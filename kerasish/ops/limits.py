"""Limits: of two the one that is a number, and conversions that do not wrap."""

from typing import Any

from kerasish.autodiff import op
from kerasish.backends import current
from kerasish.core.dtypes import is_float_dtype, is_int_dtype, standardize_dtype
from kerasish.ops.comparison import isnan
from kerasish.ops.conversion import cast, converted
from kerasish.ops.extremes import clip, maximum, minimum
from kerasish.ops.selection import where

__all__ = ["fmax", "fmin", "saturate_cast"]

# Binary digits of the float dtypes.
DIGITS = {"float16": 11, "bfloat16": 8, "float32": 24, "float64": 53}


@op
def fmax(x1: Any, x2: Any) -> Any:
    """Returns the larger of two, element by element; where one is `nan`, the other.

    Args:
        x1: Tensor.
        x2: Tensor that broadcasts with `x1`.

    Returns:
        Tensor of the broadcast shape and the common dtype.

    Example:
        >>> fmax([1.0, float("nan")], 3.0).tolist()
        [3.0, 3.0]
    """
    return maximum(where(isnan(x1), x2, x1), where(isnan(x2), x1, x2))


@op
def fmin(x1: Any, x2: Any) -> Any:
    """Returns the smaller of two, element by element; where one is `nan`, the other.

    Args:
        x1: Tensor.
        x2: Tensor that broadcasts with `x1`.

    Returns:
        Tensor of the broadcast shape and the common dtype.

    Example:
        >>> fmin([1.0, float("nan")], 3.0).tolist()
        [1.0, 3.0]
    """
    return minimum(where(isnan(x1), x2, x1), where(isnan(x2), x1, x2))


@op
def saturate_cast(x: Any, dtype: Any) -> Any:
    """Converts to a dtype; numbers out of its range become the nearest in it.

    Args:
        x: Tensor.
        dtype: Dtype name.

    Returns:
        Tensor of that dtype.

    Example:
        >>> saturate_cast([300.0, -5.0], "uint8").tolist()
        [255, 0]
    """
    x, name = converted(x), standardize_dtype(dtype)
    if "bool" in (x.dtype, name) or is_float_dtype(name) and is_int_dtype(x.dtype):
        return cast(x, name)
    low, high = current().range_of(name)
    own_low, own_high = current().range_of(x.dtype)
    if is_int_dtype(name) and is_float_dtype(x.dtype):
        # The largest integer that the float dtype holds too.
        spare = max(high.bit_length() - DIGITS[x.dtype], 0)
        high = high >> spare << spare
    return cast(clip(x, max(low, own_low), min(high, own_high)), name)
