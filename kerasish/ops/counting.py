"""Counting into bins."""

import math
from typing import Any

from kerasish.autodiff import TensorSpec, defvjp, nondifferentiable, op, primitive
from kerasish.autodiff.casting import host_array
from kerasish.backends import current
from kerasish.core.dtypes import is_float_dtype, is_int_dtype, result_type
from kerasish.core.errors import (
    ArgumentError,
    ArgumentTypeError,
    DtypeError,
    ShapeError,
)
from kerasish.ops.broadcasting import broadcast_to
from kerasish.ops.conversion import cast, converted
from kerasish.ops.creation import linspace
from kerasish.ops.indexing import take
from kerasish.ops.movement import reshape, stack, unstack
from kerasish.ops.reductions import max as max_
from kerasish.ops.reductions import min as min_

__all__ = ["bincount", "digitize", "histogram"]


def _keep_bins(x: Any, bins: Any) -> tuple[str, ...]:
    return (result_type(x, bins),) * 2


def _digitize_spec(x: TensorSpec, bins: TensorSpec) -> TensorSpec:
    if len(bins.shape) != 1:
        raise ShapeError(
            f"`bins` of `digitize` must be flat. Received: shape={bins.shape}"
        )
    return TensorSpec(x.shape, "int32")


@primitive(spec=_digitize_spec, cast=_keep_bins)
def digitize(x: Any, bins: Any) -> Any:
    """Returns the number of the bin that each element falls in.

    Args:
        x: Tensor.
        bins: Flat tensor of increasing bounds; the lower one belongs to its bin.

    Returns:
        int32 tensor of the shape of `x`: 0 below all bounds, their number above.

    Raises:
        ShapeError: If `bins` is not flat.

    Example:
        >>> digitize([0.5, 1.0, 9.0], [0.0, 1.0, 2.0]).tolist()
        [1, 2, 3]
    """
    if bins.ndim != 1:
        raise ShapeError(
            f"`bins` of `digitize` must be flat. Received: shape={bins.shape}"
        )
    return current().digitize(x, bins)


nondifferentiable(digitize, "is an integer")


def _count_spec(x: TensorSpec, size: int) -> TensorSpec:
    return TensorSpec((None,) if size < 0 else (size,), "int32")


@primitive(spec=_count_spec, static=("size",))
def _count(x: Any, size: int) -> Any:
    return current().bincount(x, size)


nondifferentiable(_count, "is an integer")


def _weighed_spec(weights: TensorSpec, x: TensorSpec, size: int) -> TensorSpec:
    return TensorSpec((None,) if size < 0 else (size,), weights.dtype)


def _own(weights: Any, x: Any) -> tuple[str, ...]:
    return ("int32" if result_type(weights) == "bool" else result_type(weights), x)


@primitive(spec=_weighed_spec, cast=_own, static=("size",))
def _weigh(weights: Any, x: Any, size: int) -> Any:
    return current().scatter_add(weights, x, size)


defvjp(_weigh, lambda g, y, weights, x, size: take(g, x, axis=0), None)


@op
def bincount(
    x: Any, weights: Any = None, minlength: int = 0, sparse: bool = False
) -> Any:
    """Counts how often each integer occurs.

    Args:
        x: Tensor of integers that are not negative, of one or two axes.
        weights: Tensor of the shape of `x`: what each occurrence counts.
        minlength: Least length of the result.
        sparse: Must be False; there are no sparse tensors.

    Returns:
        Tensor whose element i says how often i occurs, for each row of `x`; int32, or
        of the dtype of `weights`.

    Raises:
        DtypeError: If `x` holds no integers.
        ArgumentError: If an integer is negative.
        ShapeError: If `x` has more than two axes, or `weights` another shape.

    Example:
        >>> bincount([1, 3, 1]).tolist()
        [0, 2, 0, 1]
    """
    if sparse:
        raise ArgumentTypeError("`bincount` is dense here. Received: sparse=True")
    x = converted(x)
    if x.dtype != "bool" and not is_int_dtype(x.dtype):
        raise DtypeError(f"`bincount` counts integers. Received: dtype={x.dtype}")
    if len(x.shape) not in (1, 2):
        raise ShapeError(
            f"`x` of `bincount` must have one or two axes. Received: shape={x.shape}"
        )
    x = cast(x, "int32") if x.dtype != "int64" else x
    weights = None if weights is None else converted(weights)
    if weights is not None and tuple(weights.shape) != tuple(x.shape):
        raise ShapeError(
            f"`weights` of `bincount` must have the shape of `x`, {tuple(x.shape)}. "
            f"Received: {tuple(weights.shape)}"
        )
    size = _size(x, minlength)
    if len(x.shape) == 1:
        return _bins(x, weights, size)
    if x.shape[0] is None:
        row = _bins(reshape(x, (-1,)), None if weights is None else weights[0], size)
        return broadcast_to(row, (None, *row.shape))
    columns = [None] * x.shape[0] if weights is None else unstack(weights)
    return stack([_bins(a, w, size) for a, w in zip(unstack(x), columns, strict=True)])


def _bins(x: Any, weights: Any, size: int) -> Any:
    return _count(x, size=size) if weights is None else _weigh(weights, x, size=size)


def _size(x: Any, minlength: int) -> int:
    if not hasattr(x, "_array"):
        return -1  # symbolic: the largest integer is not known
    values = x.numpy()
    if values.size and int(values.min()) < 0:
        raise ArgumentError(
            f"`bincount` counts integers from 0. Received: {int(values.min())}"
        )
    return max(int(values.max()) + 1 if values.size else 0, int(minlength))


@op
def histogram(x: Any, bins: int = 10, range: Any = None) -> Any:
    """Counts how many elements fall in bins of equal width.

    Args:
        x: Flat tensor.
        bins: Number of bins.
        range: Pair of the lower and upper bound; by default those of the elements.

    Returns:
        Counts as a float tensor, and the `bins + 1` bounds.

    Raises:
        ShapeError: If `x` is not flat.
        ArgumentError: If `bins` is not positive or `range` not increasing.

    Example:
        >>> histogram([1.0, 2.0, 3.0], bins=2)[0].tolist()
        [1.0, 2.0]
    """
    x = converted(x)
    if len(x.shape) != 1:
        raise ShapeError(f"`x` of `histogram` must be flat. Received: shape={x.shape}")
    if not isinstance(bins, int) or isinstance(bins, bool) or bins < 1:
        raise ArgumentError(f"`bins` must be a positive integer. Received: bins={bins}")
    x = x if is_float_dtype(x.dtype) else cast(x, result_type(x.dtype, float))
    low, high = _bounds(x, range)
    edges = linspace(low, high, bins + 1, dtype=x.dtype)
    counts, edges = _histogram(x, edges, bins=bins)
    return cast(counts, x.dtype), edges


def _bounds(x: Any, range: Any) -> tuple[Any, Any]:
    if range is not None:
        low, high = (float(host_array(n)) for n in range)
        if not low < high or not math.isfinite(high - low):
            raise ArgumentError(
                f"`range` must be two increasing numbers. Received: range={range!r}"
            )
        return low, high
    if not hasattr(x, "_array"):
        return 0.0, 1.0
    if not x.size:
        return 0.0, 1.0
    low, high = float(min_(x)), float(max_(x))
    return (low, high) if low < high else (low - 0.5, high + 0.5)


def _histogram_spec(x: TensorSpec, edges: TensorSpec, bins: int) -> Any:
    return TensorSpec((bins,), "int32"), edges


@primitive(spec=_histogram_spec, static=("bins",))
def _histogram(x: Any, edges: Any, bins: int) -> Any:
    return current().histogram(x, edges), edges


nondifferentiable(_histogram, "is an integer")
