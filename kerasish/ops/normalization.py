"""Normalization: of a batch, of a layer's features, of vectors.

Half precision is computed in float32, in which sums of squares do not overflow, and
given back as it came.
"""

import math
import warnings
from typing import Any

from kerasish.autodiff import op
from kerasish.autodiff.collective import replica_sum
from kerasish.backends.communication import current as current_group
from kerasish.core.config import epsilon as default_epsilon
from kerasish.core.dtypes import is_float_dtype, result_type
from kerasish.core.errors import (
    ArgumentError,
    ArgumentTypeError,
    KerasishWarning,
    ShapeError,
)
from kerasish.ops import specs
from kerasish.ops.arithmetic import add, divide, multiply, subtract
from kerasish.ops.conversion import cast, converted
from kerasish.ops.extremes import maximum, power, rsqrt, square
from kerasish.ops.movement import reshape
from kerasish.ops.reductions import max as largest
from kerasish.ops.reductions import mean, sum, var
from kerasish.ops.rounding import absolute

__all__ = [
    "batch_normalization",
    "layer_normalization",
    "moments",
    "normalize",
    "rms_normalization",
]


@op
def batch_normalization(
    x: Any,
    mean: Any,
    variance: Any,
    axis: int,
    offset: Any = None,
    scale: Any = None,
    epsilon: float = 1e-3,
) -> Any:
    """Computes `(x - mean) / sqrt(variance + epsilon) * scale + offset`.

    Args:
        x: Tensor.
        mean: Tensor of as many numbers as `x` has along the axis.
        variance: Tensor like `mean`.
        axis: The axis of features.
        offset: Tensor like `mean`, or None for none.
        scale: Tensor like `mean`, or None for none.
        epsilon: Keeps the divisor from zero.

    Returns:
        Tensor of the shape of `x`.

    Raises:
        ShapeError: If a tensor does not have one number for each feature.

    Example:
        >>> batch_normalization([[1.0], [3.0]], [2.0], [1.0], -1, epsilon=0.0).tolist()
        [[-1.0], [1.0]]
    """
    x, mean, variance = converted(x), converted(mean), converted(variance)
    place = specs.canonical_axis(axis, len(x.shape))
    dtype, wide = _dtypes(x, mean, variance)

    def shaped(values: Any, name: str) -> Any:
        values = cast(values, wide)
        size = x.shape[place]
        if (
            len(values.shape) != 1
            or None not in (size, values.shape[0])
            and (values.shape[0] != size)
        ):
            raise ShapeError(
                f"`{name}` of `batch_normalization` must have the shape ({size},) of "
                f"axis {axis} of `x`. Received: {tuple(values.shape)}"
            )
        ones = (1,) * (len(x.shape) - place - 1)
        return reshape(values, (-1, *ones))

    factor = rsqrt(add(shaped(variance, "variance"), epsilon))
    if scale is not None:
        factor = multiply(factor, shaped(scale, "scale"))
    y = multiply(subtract(cast(x, wide), shaped(mean, "mean")), factor)
    if offset is not None:
        y = add(y, shaped(offset, "offset"))
    return cast(y, dtype)


@op
def layer_normalization(
    x: Any,
    gamma: Any = None,
    beta: Any = None,
    axis: Any = -1,
    epsilon: float | None = None,
    **kwargs: Any,
) -> Any:
    """Computes `(x - mean) / sqrt(variance + epsilon) * gamma + beta` over axes.

    Args:
        x: Tensor.
        gamma: Tensor of the sizes of the axes, or None for none.
        beta: Tensor like `gamma`, or None for none.
        axis: Axis or axes of features.
        epsilon: Keeps the divisor from zero; `config.epsilon()` if None.
        **kwargs: `rms_scaling=True` divides by the deviation alone, without taking
            off the mean; it is kept for old models.

    Returns:
        Tensor of the shape of `x`.

    Raises:
        ArgumentTypeError: If there are other keywords.

    Example:
        >>> layer_normalization([[1.0, 3.0]], epsilon=0.0).tolist()
        [[-1.0, 1.0]]

    Reference:
        Ba et al., 2016, "Layer Normalization", arXiv:1607.06450.
    """
    old = kwargs.pop("rms_scaling", False)
    if kwargs:
        raise ArgumentTypeError(
            f"`layer_normalization` has no arguments {sorted(kwargs)}."
        )
    x = converted(x)
    dtype, wide = _dtypes(x)
    axes, x = specs.canonical_axes(axis, len(x.shape)), cast(x, wide)
    spread = var(x, axis=axes, keepdims=True)
    factor = rsqrt(add(spread, default_epsilon() if epsilon is None else epsilon))
    if old:
        warnings.warn(
            "`rms_scaling=True` divides by the deviation from the mean, not by the "
            "root mean square; use `ops.rms_normalization`.",
            KerasishWarning,
            stacklevel=3,
        )
    else:
        x = subtract(x, mean(x, axis=axes, keepdims=True))
    y = multiply(x, factor)
    if gamma is not None:
        y = multiply(y, _features(gamma, x.shape, axes, wide, "gamma"))
    if beta is not None and not old:
        y = add(y, _features(beta, x.shape, axes, wide, "beta"))
    return cast(y, dtype)


@op
def rms_normalization(
    x: Any, scale: Any = None, axis: Any = -1, epsilon: float | None = None
) -> Any:
    """Computes `x / sqrt(mean(x^2) + epsilon) * scale` over axes.

    Args:
        x: Tensor.
        scale: Tensor of the sizes of the axes, or None for none.
        axis: Axis or axes of features.
        epsilon: Keeps the divisor from zero; `config.epsilon()` if None.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> rms_normalization([[2.0, -2.0]], epsilon=0.0).tolist()
        [[1.0, -1.0]]

    Reference:
        Zhang and Sennrich, 2019, "Root Mean Square Layer Normalization",
        arXiv:1910.07467.
    """
    x = converted(x)
    dtype, wide = _dtypes(x)
    axes, x = specs.canonical_axes(axis, len(x.shape)), cast(x, wide)
    power = mean(square(x), axis=axes, keepdims=True)
    y = multiply(
        x, rsqrt(add(power, default_epsilon() if epsilon is None else epsilon))
    )
    if scale is not None:
        y = multiply(y, _features(scale, x.shape, axes, wide, "scale"))
    return cast(y, dtype)


@op
def moments(
    x: Any, axes: Any, keepdims: bool = False, synchronized: bool = False
) -> Any:
    """Returns the mean and the variance over axes.

    Args:
        x: Tensor.
        axes: Axis or axes.
        keepdims: Whether the axes stay, with size 1.
        synchronized: Whether to count in what other processes hold that train together
            with this one (`keras.distribution`).

    Returns:
        Tuple of two tensors.

    Example:
        >>> [y.item() for y in moments([1.0, 3.0], axes=[0])]
        [2.0, 1.0]
    """
    x = converted(x)
    dtype, wide = _dtypes(x)
    axes, x = specs.canonical_axes(axes, len(x.shape)), cast(x, wide)
    if synchronized and current_group() is not None:
        return tuple(cast(y, dtype) for y in _moments_of_all(x, axes, keepdims))
    center = mean(x, axis=axes, keepdims=keepdims)
    return cast(center, dtype), cast(var(x, axis=axes, keepdims=keepdims), dtype)


def _moments_of_all(x: Any, axes: Any, keepdims: bool) -> tuple[Any, Any]:
    """Returns the moments over axes and over all processes."""
    count = replica_sum(cast(float(math.prod(x.shape[i] for i in axes)), x.dtype))

    def total(y: Any) -> Any:
        return divide(replica_sum(sum(y, axis=axes, keepdims=True)), count)

    center = total(x)
    spread = total(square(subtract(x, center)))
    kept = [1 if i in axes else n for i, n in enumerate(x.shape)]
    shape = kept if keepdims else [n for i, n in enumerate(x.shape) if i not in axes]
    return reshape(center, shape), reshape(spread, shape)


@op
def normalize(
    x: Any, axis: Any = -1, order: int = 2, epsilon: float | None = None
) -> Any:
    """Divides by the norm of an order over axes, `sum(|x|^order)^(1 / order)`.

    Args:
        x: Tensor.
        axis: Axis or axes; None for all.
        order: Order of the norm, 1 or more.
        epsilon: The least divisor; `config.epsilon()` if None.

    Returns:
        Tensor of the shape of `x`.

    Raises:
        ArgumentError: If `order` is no positive integer.

    Example:
        >>> normalize([[1.0, -3.0]], order=1, axis=-1).tolist()
        [[0.25, -0.75]]
    """
    if not isinstance(order, int) or order < 1:
        raise ArgumentError(
            f"`order` of `normalize` must be an integer from 1. Received: order={order}"
        )
    x = converted(x)
    dtype, wide = _dtypes(x)
    axes, x = specs.canonical_axes(axis, len(x.shape)), cast(x, wide)
    low = default_epsilon() if epsilon is None else epsilon
    if order == 2:  # the root has no derivative at zero, its argument may not be less
        total = sum(square(x), axis=axes, keepdims=True)
        return cast(multiply(x, rsqrt(maximum(total, low * low))), dtype)
    sizes = absolute(x)
    if order == 1:
        total = maximum(sum(sizes, axis=axes, keepdims=True), low)
        return cast(divide(x, total), dtype)
    # The largest is taken out, so that high powers neither vanish nor overflow.
    top = maximum(largest(sizes, axis=axes, keepdims=True), low)
    total = sum(power(divide(sizes, top), order), axis=axes, keepdims=True)
    root = multiply(top, power(maximum(total, low), 1.0 / order))
    return cast(divide(x, maximum(root, low)), dtype)


def _dtypes(*tensors: Any) -> tuple[str, str]:
    """Returns the dtype of the result and that to compute in."""
    dtype = result_type(*(x.dtype for x in tensors))
    if not is_float_dtype(dtype):
        dtype = result_type(dtype, float)
    return dtype, "float32" if dtype in ("float16", "bfloat16") else dtype


def _features(values: Any, shape: Any, axes: Any, dtype: str, name: str) -> Any:
    """Returns weights of features, their axes where `x` has them."""
    values = cast(values, dtype)
    wanted = tuple(shape[a] for a in axes)
    fits = len(values.shape) == len(wanted) and all(
        n in (None, m) for n, m in zip(wanted, values.shape, strict=True)
    )
    if not fits:
        raise ShapeError(
            f"`{name}` must have the shape {wanted} of the axes normalized. "
            f"Received: {tuple(values.shape)}"
        )
    sizes = iter(values.shape)
    return reshape(values, [next(sizes) if a in axes else 1 for a in range(len(shape))])
