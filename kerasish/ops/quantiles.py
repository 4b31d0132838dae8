"""Medians, quantiles and ranges."""

from typing import Any

from kerasish.autodiff import Tensor, Variable, op
from kerasish.autodiff.casting import as_tensor, host_array
from kerasish.core.dtypes import is_float_dtype, result_type
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.ops import specs
from kerasish.ops.arithmetic import add, divide, multiply, subtract
from kerasish.ops.comparison import isnan, logical_not
from kerasish.ops.conversion import cast, converted
from kerasish.ops.extremes import clip, maximum, round
from kerasish.ops.indexing import sort, take, take_along_axis
from kerasish.ops.movement import expand_dims, moveaxis, reshape, squeeze, transpose
from kerasish.ops.reductions import any as any_
from kerasish.ops.reductions import max as max_
from kerasish.ops.reductions import min as min_
from kerasish.ops.reductions import sum
from kerasish.ops.rounding import ceil, floor
from kerasish.ops.selection import where

__all__ = [
    "median",
    "nanmedian",
    "nanpercentile",
    "nanquantile",
    "percentile",
    "ptp",
    "quantile",
]

METHODS = ("linear", "lower", "higher", "midpoint", "nearest")


@op
def ptp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Returns the largest less the smallest element over axes.

    Args:
        x: Tensor.
        axis: Axis or axes, all by default.
        keepdims: Whether the axes stay with size 1.

    Returns:
        Tensor without the axes.

    Example:
        >>> ptp([1, 5, 3]).item()
        4
    """
    return subtract(max_(x, axis, keepdims), min_(x, axis, keepdims))


@op
def quantile(
    x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False
) -> Any:
    """Returns the values below which shares of the elements lie.

    Args:
        x: Tensor; integers become floats.
        q: Share from 0 to 1, or a flat tensor of them.
        axis: Axis or axes, all by default.
        method: What lies between two elements: "linear", "lower", "higher",
            "midpoint" or "nearest".
        keepdims: Whether the axes stay with size 1.

    Returns:
        Tensor without the axes, behind an axis for `q` if that is flat; `nan` where
        an element is.

    Raises:
        ArgumentError: If `method` is unknown or `q` out of range.
        ShapeError: If `q` has more than one axis.

    Example:
        >>> quantile([1.0, 2.0, 4.0], 0.75).item()
        3.0
    """
    return _quantile(x, q, axis, method, keepdims, skip=False)


@op
def nanquantile(
    x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False
) -> Any:
    """Returns the values below which shares of the elements lie, `nan` left out.

    Args:
        x: Tensor; integers become floats.
        q: Share from 0 to 1, or a flat tensor of them.
        axis: Axis or axes, all by default.
        method: What lies between two elements, as for `quantile`.
        keepdims: Whether the axes stay with size 1.

    Returns:
        Tensor without the axes, behind an axis for `q` if that is flat; `nan` where
        all elements are.

    Raises:
        ArgumentError: If `method` is unknown or `q` out of range.
        ShapeError: If `q` has more than one axis.

    Example:
        >>> nanquantile([1.0, float("nan"), 2.0], 0.5).item()
        1.5
    """
    return _quantile(x, q, axis, method, keepdims, skip=True)


@op
def percentile(
    x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False
) -> Any:
    """Returns the values below which per cents of the elements lie.

    Args:
        x: Tensor; integers become floats.
        q: Per cents from 0 to 100, or a flat tensor of them.
        axis: Axis or axes, all by default.
        method: What lies between two elements, as for `quantile`.
        keepdims: Whether the axes stay with size 1.

    Returns:
        As `quantile`.

    Example:
        >>> percentile([1.0, 2.0, 4.0], 75).item()
        3.0
    """
    return _quantile(x, _share(q), axis, method, keepdims, skip=False)


@op
def nanpercentile(
    x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False
) -> Any:
    """Returns the values below which per cents of the elements lie, `nan` left out.

    Args:
        x: Tensor; integers become floats.
        q: Per cents from 0 to 100, or a flat tensor of them.
        axis: Axis or axes, all by default.
        method: What lies between two elements, as for `quantile`.
        keepdims: Whether the axes stay with size 1.

    Returns:
        As `nanquantile`.

    Example:
        >>> nanpercentile([1.0, float("nan"), 2.0], 50).item()
        1.5
    """
    return _quantile(x, _share(q), axis, method, keepdims, skip=True)


@op
def median(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Returns the middle element over axes, or the mean of the two in the middle.

    Args:
        x: Tensor; integers become floats.
        axis: Axis or axes, all by default.
        keepdims: Whether the axes stay with size 1.

    Returns:
        Tensor without the axes; `nan` where an element is.

    Example:
        >>> median([1.0, 2.0, 4.0]).item()
        2.0
    """
    return _quantile(x, 0.5, axis, "linear", keepdims, skip=False)


@op
def nanmedian(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Returns the middle element over axes, `nan` left out.

    Args:
        x: Tensor; integers become floats.
        axis: Axis or axes, all by default.
        keepdims: Whether the axes stay with size 1.

    Returns:
        Tensor without the axes; `nan` where all elements are.

    Example:
        >>> nanmedian([1.0, float("nan"), 2.0]).item()
        1.5
    """
    return _quantile(x, 0.5, axis, "linear", keepdims, skip=True)


def _share(q: Any) -> Any:
    if isinstance(q, Tensor | Variable):
        return divide(q, 100)
    return host_array(q, "float64") / 100


def _quantile(
    x: Any, q: Any, axis: Any, method: str, keepdims: bool, skip: bool
) -> Any:
    x, q = _checked(x, q, method)
    axes = specs.canonical_axes(axis, len(x.shape))
    ordered = sort(_axes_last(x, axes), axis=-1)
    size = ordered.shape[-1] or 1  # an unknown size, while shapes are inferred
    if skip:
        count: Any = sum(logical_not(isnan(ordered)), axis=-1, keepdims=True)
    else:
        count = size
    # Positions need more digits than half precision has.
    wide = result_type(x.dtype, "float32")
    last = maximum(subtract(cast(count, wide), 1), 0)
    shares = reshape(cast(q, wide), (-1,))
    between = _between(ordered, multiply(shares, last), method)
    if not skip:
        spoilt = any_(isnan(ordered), axis=-1, keepdims=True)
        between = where(spoilt, float("nan"), between)
    made = moveaxis(between, -1, 0)
    made = made if q.shape else squeeze(made, 0)
    if not keepdims:
        return made
    return expand_dims(made, tuple(i + len(q.shape) for i in axes))


def _checked(x: Any, q: Any, method: str) -> tuple[Any, Any]:
    if method not in METHODS:
        raise ArgumentError(
            f"`method` must be one of {', '.join(METHODS)}. Received: method={method!r}"
        )
    if not isinstance(q, Tensor | Variable):
        shares = host_array(q, "float64")
        if not ((shares >= 0) & (shares <= 1)).all():
            raise ArgumentError(
                f"`q` of quantiles must be from 0 to 1 (0 to 100 per cent). "
                f"Received: q={q!r}"
            )
        q = as_tensor(shares, "float64")
    x, q = converted(x), converted(q)
    if len(q.shape) > 1:
        raise ShapeError(f"`q` must be a number or flat. Received: shape={q.shape}")
    if not is_float_dtype(x.dtype):
        x = cast(x, result_type(x.dtype, float))
    return x, q


def _axes_last(x: Any, axes: tuple[int, ...]) -> Any:
    kept = [i for i in range(len(x.shape)) if i not in axes]
    turned = transpose(x, (*kept, *axes))
    lead = [x.shape[i] for i in kept]
    size = 1
    for i in axes:
        size = -1 if x.shape[i] is None or size == -1 else size * x.shape[i]
    return reshape(turned, (*(-1 if n is None else n for n in lead), size))


def _between(ordered: Any, places: Any, method: str) -> Any:
    if method == "nearest":
        places = round(places)
    low, high = floor(places), ceil(places)
    if method == "lower":
        high = low
    elif method == "higher":
        low = high
    below, above = (_at(ordered, place) for place in (low, high))
    if method == "midpoint":
        return multiply(add(below, above), 0.5)
    weight = cast(clip(subtract(places, low), 0, 1), ordered.dtype)
    return add(multiply(below, subtract(1, weight)), multiply(above, weight))


def _at(ordered: Any, place: Any) -> Any:
    place = cast(place, "int32")
    if len(place.shape) == 1:
        return take(ordered, place, axis=-1)
    return take_along_axis(ordered, place, axis=-1)
