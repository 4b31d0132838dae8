"""Activation functions made of straight pieces, and those that give exact zeros."""

from typing import Any

from kerasish.autodiff import op
from kerasish.autodiff.casting import as_tensor
from kerasish.ops.accumulation import cumsum
from kerasish.ops.activations import _float, relu
from kerasish.ops.arithmetic import add, divide, multiply, subtract
from kerasish.ops.comparison import greater, less, less_equal
from kerasish.ops.conversion import cast, converted
from kerasish.ops.creation import arange
from kerasish.ops.extremes import clip, maximum, minimum, square
from kerasish.ops.indexing import sort, take_along_axis
from kerasish.ops.movement import flip, moveaxis
from kerasish.ops.reductions import sum
from kerasish.ops.rounding import absolute
from kerasish.ops.selection import where

__all__ = [
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "relu6",
    "soft_shrink",
    "sparse_plus",
    "sparse_sigmoid",
    "sparsemax",
    "threshold",
]


@op
def relu6(x: Any) -> Any:
    """Computes `min(max(x, 0), 6)`.

    Args:
        x: Tensor.

    Returns:
        Tensor.

    Example:
        >>> relu6(7.0).item()
        6.0
    """
    return minimum(relu(x), 6)


@op
def hard_tanh(x: Any) -> Any:
    """Limits to the interval from -1 to 1.

    Args:
        x: Tensor.

    Returns:
        Tensor.

    Example:
        >>> hard_tanh(2.0).item()
        1.0
    """
    return clip(_float(x), -1.0, 1.0)


@op
def hard_sigmoid(x: Any) -> Any:
    """Computes `x / 6 + 1 / 2`, limited to the interval from 0 to 1.

    Args:
        x: Tensor.

    Returns:
        Tensor.

    Example:
        >>> hard_sigmoid(0.0).item()
        0.5
    """
    return clip(add(divide(_float(x), 6.0), 0.5), 0.0, 1.0)


@op
def hard_silu(x: Any) -> Any:
    """Computes `x * hard_sigmoid(x)`.

    Args:
        x: Tensor.

    Returns:
        Tensor.

    Example:
        >>> hard_silu(3.0).item()
        3.0
    """
    x = _float(x)
    return multiply(x, hard_sigmoid(x))


@op
def hard_swish(x: Any) -> Any:
    """Computes `x * hard_sigmoid(x)`; another name of `hard_silu`.

    Args:
        x: Tensor.

    Returns:
        Tensor.

    Example:
        >>> hard_swish(3.0).item()
        3.0
    """
    return hard_silu(x)


@op
def hard_shrink(x: Any, threshold: float = 0.5) -> Any:
    """Sets numbers within a threshold of zero to zero.

    Args:
        x: Tensor.
        threshold: The threshold.

    Returns:
        Tensor.

    Example:
        >>> hard_shrink([0.2, 2.0]).tolist()
        [0.0, 2.0]
    """
    x = _float(x)
    return where(greater(absolute(x), threshold), x, as_tensor(0, x.dtype))


@op
def soft_shrink(x: Any, threshold: float = 0.5) -> Any:
    """Moves numbers towards zero by a threshold, and those within it to zero.

    Args:
        x: Tensor.
        threshold: The threshold.

    Returns:
        Tensor.

    Example:
        >>> soft_shrink([0.2, 2.0]).tolist()
        [0.0, 1.5]
    """
    x = _float(x)
    return subtract(x, clip(x, -threshold, threshold))


@op
def sparse_plus(x: Any) -> Any:
    """Computes 0 up to -1, `(x + 1)^2 / 4` up to 1, then `x`.

    Args:
        x: Tensor.

    Returns:
        Tensor.

    Example:
        >>> sparse_plus(1.0).item()
        1.0
    """
    x = _float(x)
    bent = multiply(square(add(x, 1)), 0.25)
    zero = as_tensor(0, x.dtype)
    return where(less_equal(x, -1), zero, where(less(x, 1), bent, x))


@op
def sparse_sigmoid(x: Any) -> Any:
    """Computes `(x + 1) / 2`, limited to the interval from 0 to 1.

    Args:
        x: Tensor.

    Returns:
        Tensor.

    Example:
        >>> sparse_sigmoid(0.0).item()
        0.5
    """
    return clip(multiply(add(_float(x), 1), 0.5), 0.0, 1.0)


@op
def threshold(x: Any, threshold: float, default_value: float) -> Any:
    """Returns numbers above a threshold, and a fixed one for the others.

    Args:
        x: Tensor.
        threshold: The threshold.
        default_value: The number for the others.

    Returns:
        Tensor.

    Example:
        >>> threshold([1.0, 3.0], 2.0, 0.0).tolist()
        [0.0, 3.0]
    """
    x = converted(x)
    return where(greater(x, threshold), x, as_tensor(default_value, x.dtype))


@op
def sparsemax(x: Any, axis: int = -1) -> Any:
    """Projects onto the probabilities: softmax with exact zeros.

    Args:
        x: Tensor.
        axis: The axis that sums to 1.

    Returns:
        Tensor.

    Example:
        >>> sparsemax([2.0, 0.0]).tolist()
        [1.0, 0.0]
    """
    x = _float(x)
    moved = moveaxis(x, axis, -1)
    size = moved.shape[-1]
    falling = flip(sort(moved, axis=-1), -1)
    total = cumsum(falling, axis=-1)
    count = arange(1, size + 1, dtype=x.dtype)
    support = greater(add(multiply(falling, count), 1), total)
    k = sum(cast(support, "int32"), axis=-1, keepdims=True)
    held = take_along_axis(total, subtract(k, 1), axis=-1)
    tau = divide(subtract(held, 1), cast(k, x.dtype))
    return moveaxis(maximum(subtract(moved, tau), 0), -1, axis)
