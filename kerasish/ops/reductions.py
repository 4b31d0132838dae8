"""Reductions over axes: sums, means, extremes, and what follows from them."""

from typing import Any

from kerasish.autodiff import TensorSpec, defvjp, nondifferentiable, op, primitive
from kerasish.autodiff.casting import as_tensor
from kerasish.backends import current
from kerasish.core.dtypes import is_float_dtype, result_type
from kerasish.core.errors import ArgumentError
from kerasish.ops import specs
from kerasish.ops.arithmetic import add, divide, multiply, subtract
from kerasish.ops.broadcasting import broadcast_to
from kerasish.ops.comparison import equal, greater, isfinite
from kerasish.ops.conversion import cast, converted, stop_gradient
from kerasish.ops.exponentials import exp, log, sqrt
from kerasish.ops.extremes import maximum, minimum
from kerasish.ops.movement import reshape
from kerasish.ops.selection import where

__all__ = [
    "all",
    "amax",
    "amin",
    "any",
    "argmax",
    "argmin",
    "average",
    "count_nonzero",
    "logsumexp",
    "max",
    "mean",
    "min",
    "root_of_variance",
    "spread",
    "std",
    "sum",
    "var",
]


def _sum_dtype(x: Any) -> tuple[str, ...]:
    name = result_type(x)
    if name in ("uint8", "uint16"):
        return ("uint32",)
    return ("int32" if name in ("bool", "int8", "int16") else name,)


def _mean_dtype(x: Any) -> tuple[str, ...]:
    name = result_type(x)
    return (result_type(name, float) if not is_float_dtype(name) else name,)


@primitive(spec=specs.reduce, cast=_sum_dtype)
def sum(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Sums over axes.

    Args:
        x: Tensor; booleans and small integers are summed as int32 or uint32.
        axis: Axis or axes, all by default.
        keepdims: Whether the axes stay with size 1.

    Returns:
        Tensor without the axes.

    Example:
        >>> sum([[1, 2], [3, 4]], axis=0).tolist()
        [4, 6]
    """
    return current().sum(x, specs.canonical_axes(axis, x.ndim), keepdims)


def spread(g: Any, shape: Any, axis: Any, keepdims: bool) -> Any:
    """Gives every element the gradient of the sum that it went into."""
    if not keepdims:
        g = reshape(g, specs.reduced_shape(shape, axis, True))
    return broadcast_to(g, shape=tuple(shape))


defvjp(sum, lambda g, y, x, axis, keepdims: spread(g, x.shape, axis, keepdims))


@primitive(spec=specs.reduce, cast=_mean_dtype)
def mean(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Averages over axes.

    Args:
        x: Tensor; integers become floats.
        axis: Axis or axes, all by default.
        keepdims: Whether the axes stay with size 1.

    Returns:
        Tensor without the axes.

    Example:
        >>> mean([[1, 2], [3, 4]], axis=0).tolist()
        [2.0, 3.0]
    """
    return current().mean(x, specs.canonical_axes(axis, x.ndim), keepdims)


def _divisor(shape: Any, axis: Any) -> float:
    count = 1
    for i in specs.canonical_axes(axis, len(shape)):
        count *= shape[i]
    return float(count or 1)


defvjp(
    mean,
    lambda g, y, x, axis, keepdims: spread(
        divide(g, _divisor(x.shape, axis)), x.shape, axis, keepdims
    ),
)


@primitive(spec=specs.reduce)
def _max(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return current().max(x, specs.canonical_axes(axis, x.ndim), keepdims)


@primitive(spec=specs.reduce)
def _min(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return current().min(x, specs.canonical_axes(axis, x.ndim), keepdims)


def _extreme_vjp(g: Any, y: Any, x: Any, axis: Any, keepdims: bool) -> Any:
    # Elements that tie share the gradient equally.
    reached = cast(equal(x, spread(y, x.shape, axis, keepdims)), g.dtype)
    ties = sum(reached, axis=axis, keepdims=True)
    share = divide(reached, ties)
    return multiply(spread(g, x.shape, axis, keepdims), share)


defvjp(_max, _extreme_vjp)
defvjp(_min, _extreme_vjp)


def _check_not_empty(x: Any, axis: Any, name: str) -> None:
    if _is_empty(x.shape, axis):
        raise ArgumentError(
            f"`{name}` of no elements needs `initial`. Received: shape={x.shape}"
        )


def _is_empty(shape: Any, axis: Any) -> bool:
    return 0 in [shape[i] for i in specs.canonical_axes(axis, len(shape))]


@op
def max(x: Any, axis: Any = None, keepdims: bool = False, initial: Any = None) -> Any:
    """Returns the largest element over axes; `nan` where one is.

    Args:
        x: Tensor.
        axis: Axis or axes, all by default.
        keepdims: Whether the axes stay with size 1.
        initial: The least result.

    Returns:
        Tensor without the axes.

    Raises:
        ArgumentError: If there are no elements and no `initial`.

    Example:
        >>> max([[1, 5], [3, 4]], axis=0).tolist()
        [3, 5]
    """
    x = converted(x)
    if initial is None:
        _check_not_empty(x, axis, "max")
        return _max(x, axis=axis, keepdims=keepdims)
    if _is_empty(x.shape, axis):
        shape = specs.reduced_shape(x.shape, axis, keepdims)
        return broadcast_to(as_tensor(initial, x.dtype), shape)
    found = _max(x, axis=axis, keepdims=keepdims)
    return maximum(found, bool(initial) if x.dtype == "bool" else initial)


@op
def min(x: Any, axis: Any = None, keepdims: bool = False, initial: Any = None) -> Any:
    """Returns the smallest element over axes; `nan` where one is.

    Args:
        x: Tensor.
        axis: Axis or axes, all by default.
        keepdims: Whether the axes stay with size 1.
        initial: The largest result.

    Returns:
        Tensor without the axes.

    Raises:
        ArgumentError: If there are no elements and no `initial`.

    Example:
        >>> min([[1, 5], [3, 4]], axis=0).tolist()
        [1, 4]
    """
    x = converted(x)
    if initial is None:
        _check_not_empty(x, axis, "min")
        return _min(x, axis=axis, keepdims=keepdims)
    if _is_empty(x.shape, axis):
        shape = specs.reduced_shape(x.shape, axis, keepdims)
        return broadcast_to(as_tensor(initial, x.dtype), shape)
    found = _min(x, axis=axis, keepdims=keepdims)
    return minimum(found, bool(initial) if x.dtype == "bool" else initial)


@op
def amax(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Returns the largest element over axes; another name of `max`.

    Args:
        x: Tensor.
        axis: Axis or axes, all by default.
        keepdims: Whether the axes stay with size 1.

    Example:
        >>> amax([1, 2]).item()
        2
    """
    return max(x, axis=axis, keepdims=keepdims)


@op
def amin(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Returns the smallest element over axes; another name of `min`.

    Args:
        x: Tensor.
        axis: Axis or axes, all by default.
        keepdims: Whether the axes stay with size 1.

    Example:
        >>> amin([1, 2]).item()
        1
    """
    return min(x, axis=axis, keepdims=keepdims)


def _flags(x: Any) -> tuple[str, ...]:
    return ("bool",)


@primitive(spec=specs.reduce, cast=_flags)
def all(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Returns whether all elements hold, over axes.

    Args:
        x: Tensor; numbers hold where they are not zero.
        axis: Axis or axes, all by default.
        keepdims: Whether the axes stay with size 1.

    Returns:
        Boolean tensor without the axes.

    Example:
        >>> all([[True, False], [True, True]], axis=0).tolist()
        [True, False]
    """
    return current().all(x, specs.canonical_axes(axis, x.ndim), keepdims)


@primitive(spec=specs.reduce, cast=_flags)
def any(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Returns whether one element holds, over axes.

    Args:
        x: Tensor; numbers hold where they are not zero.
        axis: Axis or axes, all by default.
        keepdims: Whether the axes stay with size 1.

    Returns:
        Boolean tensor without the axes.

    Example:
        >>> any([[True, False], [False, False]], axis=0).tolist()
        [True, False]
    """
    return current().any(x, specs.canonical_axes(axis, x.ndim), keepdims)


def _index_spec(x: TensorSpec, axis: int) -> TensorSpec:
    return TensorSpec(specs.reduced_shape(x.shape, axis, False), "int32")


@primitive(spec=_index_spec, static=("axis",))
def _argmax(x: Any, axis: int) -> Any:
    return current().argmax(x, axis)


@primitive(spec=_index_spec, static=("axis",))
def _argmin(x: Any, axis: int) -> Any:
    return current().argmin(x, axis)


nondifferentiable(all, "is true or false")
nondifferentiable(any, "is true or false")
nondifferentiable(_argmax, "is an index")
nondifferentiable(_argmin, "is an index")


def _arg(function: Any, x: Any, axis: Any, keepdims: bool) -> Any:
    x = converted(x)
    if x.dtype == "bool":
        x = cast(x, "int32")
    ndim = len(x.shape)
    if axis is None:
        found = function(reshape(x, (-1,)), axis=0)
        return reshape(found, (1,) * ndim) if keepdims else found
    axis = specs.canonical_axis(axis, ndim)
    found = function(x, axis=axis)
    shape = [n if n is not None else -1 for n in x.shape]
    shape[axis] = 1
    return reshape(found, tuple(shape)) if keepdims else found


@op
def argmax(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Returns the index of the first largest element along an axis.

    Args:
        x: Tensor.
        axis: Axis; by default the tensor is taken flat.
        keepdims: Whether the axis stays with size 1.

    Returns:
        int32 tensor without the axis.

    Example:
        >>> argmax([[1, 5], [3, 4]], axis=1).tolist()
        [1, 1]
    """
    return _arg(_argmax, x, axis, keepdims)


@op
def argmin(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Returns the index of the first smallest element along an axis.

    Args:
        x: Tensor.
        axis: Axis; by default the tensor is taken flat.
        keepdims: Whether the axis stays with size 1.

    Returns:
        int32 tensor without the axis.

    Example:
        >>> argmin([[1, 5], [3, 4]], axis=1).tolist()
        [0, 0]
    """
    return _arg(_argmin, x, axis, keepdims)


@primitive(spec=specs.reduce, cast=_mean_dtype)
def var(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Computes the variance over axes, in two passes: the mean first.

    Args:
        x: Tensor; integers become floats.
        axis: Axis or axes, all by default.
        keepdims: Whether the axes stay with size 1.

    Returns:
        Tensor without the axes.

    Example:
        >>> var([1.0, 3.0]).item()
        1.0
    """
    return current().var(x, specs.canonical_axes(axis, x.ndim), keepdims)


def _var_vjp(g: Any, y: Any, x: Any, axis: Any, keepdims: bool) -> Any:
    away = subtract(x, mean(x, axis=axis, keepdims=True))
    g = multiply(g, 2.0 / _divisor(x.shape, axis))
    return multiply(spread(g, x.shape, axis, keepdims), away)


defvjp(var, _var_vjp)


@op
def std(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Computes the standard deviation over axes; its gradient is 0 where it is 0.

    Args:
        x: Tensor; integers become floats.
        axis: Axis or axes, all by default.
        keepdims: Whether the axes stay with size 1.

    Returns:
        Tensor without the axes.

    Example:
        >>> std([1.0, 3.0]).item()
        1.0
    """
    return root_of_variance(var(x, axis=axis, keepdims=keepdims))


def root_of_variance(variance: Any) -> Any:
    """Returns a square root whose gradient at 0 is 0."""
    positive = greater(variance, 0)
    safe = where(positive, variance, as_tensor(1, variance.dtype))
    return where(positive, sqrt(safe), variance)


@op
def average(x: Any, axis: Any = None, weights: Any = None) -> Any:
    """Computes the weighted mean over axes.

    Args:
        x: Tensor.
        axis: Axis or axes, all by default.
        weights: Tensor of the shape of `x`, or of its size along `axis`.

    Returns:
        Tensor without the axes.

    Example:
        >>> average([1.0, 3.0], weights=[3.0, 1.0]).item()
        1.5
    """
    if weights is None:
        return mean(x, axis=axis)
    x, weights = converted(x), converted(weights)
    if weights.shape != x.shape and axis is not None:
        shape = [1] * len(x.shape)
        shape[axis] = -1
        weights = reshape(weights, tuple(shape))
    product = multiply(x, weights)
    weights = broadcast_to(cast(weights, product.dtype), product.shape)
    return divide(sum(product, axis=axis), sum(weights, axis=axis))


@op
def count_nonzero(x: Any, axis: Any = None) -> Any:
    """Counts the elements that are not zero, over axes.

    Args:
        x: Tensor.
        axis: Axis or axes, all by default.

    Returns:
        int32 tensor without the axes.

    Example:
        >>> count_nonzero([0, 2, 3]).item()
        2
    """
    return sum(cast(cast(x, "bool"), "int32"), axis=axis)


@op
def logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Computes `log(sum(exp(x)))` over axes without overflow.

    Args:
        x: Tensor.
        axis: Axis or axes, all by default.
        keepdims: Whether the axes stay with size 1.

    Returns:
        Tensor without the axes; `-inf`, with gradient 0, where all elements are.

    Example:
        >>> logsumexp([1000.0, 1000.0]).item() - 1000 > 0.69
        True
    """
    x = converted(x)
    x = x if is_float_dtype(x.dtype) else cast(x, result_type(x.dtype, float))
    top = _max(stop_gradient(x), axis=axis, keepdims=True)
    top = where(isfinite(top), top, as_tensor(0, x.dtype))
    total = sum(exp(subtract(x, top)), axis=axis, keepdims=True)
    empty = equal(total, 0)
    result = add(log(where(empty, as_tensor(1, x.dtype), total)), top)
    result = where(empty, as_tensor(float("-inf"), x.dtype), result)
    if keepdims:
        return result
    shape = specs.reduced_shape(x.shape, axis, False)
    return reshape(result, tuple(-1 if n is None else n for n in shape))
