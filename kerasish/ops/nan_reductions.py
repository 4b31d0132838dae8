"""Reductions that leave `nan` out, and its replacement by numbers."""

import math
from typing import Any

from kerasish.autodiff import op
from kerasish.backends import current
from kerasish.core.dtypes import is_float_dtype
from kerasish.ops.arithmetic import divide, subtract
from kerasish.ops.comparison import equal, isnan, logical_not
from kerasish.ops.conversion import cast, converted
from kerasish.ops.extremes import square
from kerasish.ops.reductions import all as all_
from kerasish.ops.reductions import argmax, argmin, mean, root_of_variance, sum, var
from kerasish.ops.reductions import max as max_
from kerasish.ops.reductions import min as min_
from kerasish.ops.selection import where

__all__ = [
    "nan_to_num",
    "nanargmax",
    "nanargmin",
    "nanmax",
    "nanmean",
    "nanmin",
    "nanstd",
    "nansum",
    "nanvar",
]


@op
def nan_to_num(
    x: Any, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None
) -> Any:
    """Replaces `nan` and infinities by numbers.

    Args:
        x: Tensor.
        nan: What replaces `nan`.
        posinf: What replaces infinity; the largest number of the dtype by default.
        neginf: What replaces negative infinity; the least number by default.

    Returns:
        Tensor like `x`.

    Example:
        >>> nan_to_num([1.0, float("nan")]).tolist()
        [1.0, 0.0]
    """
    x = converted(x)
    if not is_float_dtype(x.dtype):
        return x
    least, largest = current().range_of(x.dtype)
    replaced = where(isnan(x), nan, x)
    high = largest if posinf is None else posinf
    low = least if neginf is None else neginf
    replaced = where(equal(x, math.inf), high, replaced)
    return where(equal(x, -math.inf), low, replaced)


def _empty(x: Any, axis: Any, keepdims: bool) -> Any:
    return all_(isnan(x), axis=axis, keepdims=keepdims)


def _present(x: Any, axis: Any, keepdims: bool, dtype: str) -> Any:
    return sum(cast(logical_not(isnan(x)), dtype), axis=axis, keepdims=keepdims)


@op
def nansum(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Sums over axes, `nan` counting as 0.

    Args:
        x: Tensor.
        axis: Axis or axes, all by default.
        keepdims: Whether the axes stay with size 1.

    Returns:
        Tensor without the axes.

    Example:
        >>> nansum([1.0, float("nan"), 3.0]).item()
        4.0
    """
    return sum(where(isnan(x), False, x), axis=axis, keepdims=keepdims)


@op
def nanmax(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Returns the largest element over axes that is not `nan`.

    Args:
        x: Tensor.
        axis: Axis or axes, all by default.
        keepdims: Whether the axes stay with size 1.

    Returns:
        Tensor without the axes; `nan` where there is none.

    Example:
        >>> nanmax([1.0, float("nan"), 3.0]).item()
        3.0
    """
    x = converted(x)
    if not is_float_dtype(x.dtype):
        return max_(x, axis=axis, keepdims=keepdims)
    found = max_(where(isnan(x), -math.inf, x), axis=axis, keepdims=keepdims)
    return where(_empty(x, axis, keepdims), math.nan, found)


@op
def nanmin(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Returns the smallest element over axes that is not `nan`.

    Args:
        x: Tensor.
        axis: Axis or axes, all by default.
        keepdims: Whether the axes stay with size 1.

    Returns:
        Tensor without the axes; `nan` where there is none.

    Example:
        >>> nanmin([1.0, float("nan"), 3.0]).item()
        1.0
    """
    x = converted(x)
    if not is_float_dtype(x.dtype):
        return min_(x, axis=axis, keepdims=keepdims)
    found = min_(where(isnan(x), math.inf, x), axis=axis, keepdims=keepdims)
    return where(_empty(x, axis, keepdims), math.nan, found)


@op
def nanmean(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Averages over axes what is not `nan`.

    Args:
        x: Tensor.
        axis: Axis or axes, all by default.
        keepdims: Whether the axes stay with size 1.

    Returns:
        Tensor without the axes; `nan` where there is nothing.

    Example:
        >>> nanmean([1.0, float("nan"), 3.0]).item()
        2.0
    """
    x = converted(x)
    if not is_float_dtype(x.dtype):
        return mean(x, axis=axis, keepdims=keepdims)
    total = nansum(x, axis=axis, keepdims=keepdims)
    return divide(total, _present(x, axis, keepdims, x.dtype))


@op
def nanvar(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Computes the variance over axes of what is not `nan`.

    Args:
        x: Tensor.
        axis: Axis or axes, all by default.
        keepdims: Whether the axes stay with size 1.

    Returns:
        Tensor without the axes; `nan` where there is nothing.

    Example:
        >>> nanvar([1.0, float("nan"), 3.0]).item()
        1.0
    """
    x = converted(x)
    if not is_float_dtype(x.dtype):
        return var(x, axis=axis, keepdims=keepdims)
    away = subtract(x, nanmean(x, axis=axis, keepdims=True))
    away = where(isnan(x), 0, away)  # before the square: its slope at nan is nan
    total = sum(square(away), axis=axis, keepdims=keepdims)
    return divide(total, _present(x, axis, keepdims, x.dtype))


@op
def nanstd(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Computes the standard deviation over axes of what is not `nan`.

    Args:
        x: Tensor.
        axis: Axis or axes, all by default.
        keepdims: Whether the axes stay with size 1.

    Returns:
        Tensor without the axes; its gradient is 0 where it is 0.

    Example:
        >>> nanstd([1.0, float("nan"), 3.0]).item()
        1.0
    """
    return root_of_variance(nanvar(x, axis=axis, keepdims=keepdims))


@op
def nanargmax(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Returns the index of the largest element along an axis that is not `nan`.

    Args:
        x: Tensor.
        axis: Axis; by default the tensor is taken flat.
        keepdims: Whether the axis stays with size 1.

    Returns:
        int32 tensor without the axis; -1 where all are `nan`.

    Example:
        >>> nanargmax([float("nan"), 5.0]).item()
        1
    """
    x = converted(x)
    if not is_float_dtype(x.dtype):
        return argmax(x, axis=axis, keepdims=keepdims)
    found = argmax(where(isnan(x), -math.inf, x), axis=axis, keepdims=keepdims)
    return where(_empty(x, axis, keepdims), -1, found)


@op
def nanargmin(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Returns the index of the smallest element along an axis that is not `nan`.

    Args:
        x: Tensor.
        axis: Axis; by default the tensor is taken flat.
        keepdims: Whether the axis stays with size 1.

    Returns:
        int32 tensor without the axis; -1 where all are `nan`.

    Example:
        >>> nanargmin([float("nan"), 5.0]).item()
        1
    """
    x = converted(x)
    if not is_float_dtype(x.dtype):
        return argmin(x, axis=axis, keepdims=keepdims)
    found = argmin(where(isnan(x), math.inf, x), axis=axis, keepdims=keepdims)
    return where(_empty(x, axis, keepdims), -1, found)
