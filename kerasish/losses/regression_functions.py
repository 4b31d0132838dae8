"""Regression, hinge and divergence losses as functions of targets and predictions."""

import math
from typing import Any

from kerasish import ops
from kerasish.core.config import epsilon
from kerasish.core.errors import ArgumentError
from kerasish.losses.matching import matched, signs

__all__ = [
    "cosine_similarity",
    "huber",
    "mean_squared_error",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_logarithmic_error",
    "log_cosh",
    "poisson",
    "kl_divergence",
    "hinge",
    "squared_hinge",
    "categorical_hinge",
]


def mean_squared_error(y_true: Any, y_pred: Any) -> Any:
    """Computes the mean of squared differences.

    Args:
        y_true: Targets `(batch, ..., features)`.
        y_pred: Predictions of the same shape.

    Returns:
        Tensor `(batch, ...)`.

    Raises:
        ShapeError: If the shapes differ.

    Example:
        >>> mean_squared_error([[1.0, 1.0]], [[2.0, 0.0]]).tolist()
        [1.0]
    """
    y_true, y_pred = matched(y_true, y_pred, "mean_squared_error")
    return ops.mean(ops.square(ops.subtract(y_true, y_pred)), axis=-1)


def mean_absolute_error(y_true: Any, y_pred: Any) -> Any:
    """Computes the mean of absolute differences.

    Args:
        y_true: Targets `(batch, ..., features)`.
        y_pred: Predictions of the same shape.

    Returns:
        Tensor `(batch, ...)`.

    Raises:
        ShapeError: If the shapes differ.

    Example:
        >>> mean_absolute_error([[1.0, 1.0]], [[2.0, 0.0]]).tolist()
        [1.0]
    """
    y_true, y_pred = matched(y_true, y_pred, "mean_absolute_error")
    return ops.mean(ops.absolute(ops.subtract(y_true, y_pred)), axis=-1)


def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Any:
    """Computes the mean of absolute differences in percent of the targets.

    Args:
        y_true: Targets `(batch, ..., features)`.
        y_pred: Predictions of the same shape.

    Returns:
        Tensor `(batch, ...)`.

    Raises:
        ShapeError: If the shapes differ.

    Example:
        >>> mean_absolute_percentage_error([[1.0, 1.0]], [[2.0, 0.0]]).tolist()
        [100.0]
    """
    y_true, y_pred = matched(y_true, y_pred, "mean_absolute_percentage_error")
    scale = ops.maximum(ops.absolute(y_true), epsilon())
    away = ops.absolute(ops.divide(ops.subtract(y_true, y_pred), scale))
    return ops.multiply(100.0, ops.mean(away, axis=-1))


def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Any:
    """Computes the mean of squared differences of `log(1 + y)`.

    Negative numbers count as 0.

    Args:
        y_true: Targets `(batch, ..., features)`.
        y_pred: Predictions of the same shape.

    Returns:
        Tensor `(batch, ...)`.

    Raises:
        ShapeError: If the shapes differ.
    """
    y_true, y_pred = matched(y_true, y_pred, "mean_squared_logarithmic_error")
    logs = [ops.log1p(ops.maximum(y, epsilon())) for y in (y_true, y_pred)]
    return ops.mean(ops.square(ops.subtract(*logs)), axis=-1)


def log_cosh(y_true: Any, y_pred: Any) -> Any:
    """Computes the mean of `log(cosh(difference))`, computed without overflow.

    Args:
        y_true: Targets `(batch, ..., features)`.
        y_pred: Predictions of the same shape.

    Returns:
        Tensor `(batch, ...)`.

    Raises:
        ShapeError: If the shapes differ.
    """
    y_true, y_pred = matched(y_true, y_pred, "log_cosh")
    away = ops.subtract(y_pred, y_true)
    bent = ops.add(away, ops.softplus(ops.multiply(-2.0, away)))
    return ops.mean(ops.subtract(bent, math.log(2.0)), axis=-1)


def poisson(y_true: Any, y_pred: Any) -> Any:
    """Computes the mean of `y_pred - y_true * log(y_pred)`.

    Args:
        y_true: Targets `(batch, ..., features)`.
        y_pred: Predictions of the same shape.

    Returns:
        Tensor `(batch, ...)`.

    Raises:
        ShapeError: If the shapes differ.
    """
    y_true, y_pred = matched(y_true, y_pred, "poisson")
    logs = ops.log(ops.maximum(ops.add(y_pred, epsilon()), epsilon()))
    return ops.mean(ops.subtract(y_pred, ops.multiply(y_true, logs)), axis=-1)


def kl_divergence(y_true: Any, y_pred: Any) -> Any:
    """Computes the sum of `y_true * log(y_true / y_pred)` over classes.

    Args:
        y_true: Targets `(batch, ..., features)`.
        y_pred: Predictions of the same shape.

    Returns:
        Tensor `(batch, ...)`.

    Raises:
        ShapeError: If the shapes differ.
    """
    y_true, y_pred = matched(y_true, y_pred, "kl_divergence")
    y_true = ops.clip(y_true, epsilon(), 1.0)
    y_pred = ops.clip(y_pred, epsilon(), 1.0)
    logs = ops.log(ops.divide(y_true, y_pred))
    return ops.sum(ops.multiply(y_true, logs), axis=-1)


def hinge(y_true: Any, y_pred: Any) -> Any:
    """Computes the mean of `max(1 - y_true * y_pred, 0)`.

    Targets are -1 and 1; 0 counts as -1.

    Args:
        y_true: Targets `(batch, ..., features)`.
        y_pred: Predictions of the same shape.

    Returns:
        Tensor `(batch, ...)`.

    Raises:
        ShapeError: If the shapes differ.
    """
    y_true, y_pred = matched(y_true, y_pred, "hinge")
    product = ops.multiply(signs(y_true), y_pred)
    return ops.mean(ops.maximum(ops.subtract(1.0, product), 0.0), axis=-1)


def squared_hinge(y_true: Any, y_pred: Any) -> Any:
    """Computes the mean of `max(1 - y_true * y_pred, 0)^2`.

    Targets are -1 and 1; 0 counts as -1.

    Args:
        y_true: Targets `(batch, ..., features)`.
        y_pred: Predictions of the same shape.

    Returns:
        Tensor `(batch, ...)`.

    Raises:
        ShapeError: If the shapes differ.
    """
    y_true, y_pred = matched(y_true, y_pred, "squared_hinge")
    product = ops.multiply(signs(y_true), y_pred)
    away = ops.maximum(ops.subtract(1.0, product), 0.0)
    return ops.mean(ops.square(away), axis=-1)


def categorical_hinge(y_true: Any, y_pred: Any) -> Any:
    """Computes the `max(largest wrong prediction - right prediction + 1, 0)`.

    Args:
        y_true: Targets `(batch, ..., features)`.
        y_pred: Predictions of the same shape.

    Returns:
        Tensor `(batch, ...)`.

    Raises:
        ShapeError: If the shapes differ.
    """
    y_true, y_pred = matched(y_true, y_pred, "categorical_hinge")
    right = ops.sum(ops.multiply(y_true, y_pred), axis=-1)
    wrong = ops.max(ops.multiply(ops.subtract(1.0, y_true), y_pred), axis=-1)
    return ops.maximum(ops.add(ops.subtract(wrong, right), 1.0), 0.0)


def huber(y_true: Any, y_pred: Any, delta: float = 1.0) -> Any:
    """Computes the mean of half the squared difference, linear beyond a limit.

    Args:
        y_true: Targets `(batch, ..., features)`.
        y_pred: Predictions of the same shape.
        delta: The limit, a positive number.

    Returns:
        Tensor `(batch, ...)`.

    Raises:
        ArgumentError: If `delta` is not positive.
        ShapeError: If the shapes differ.

    Example:
        >>> huber([[0.0]], [[2.0]]).tolist()
        [1.5]
    """
    if not delta > 0:
        raise ArgumentError(f"`delta` must be positive. Received: delta={delta}")
    y_true, y_pred = matched(y_true, y_pred, "huber")
    away = ops.absolute(ops.subtract(y_pred, y_true))
    near = ops.multiply(0.5, ops.square(away))
    far = ops.subtract(ops.multiply(delta, away), 0.5 * delta * delta)
    return ops.mean(ops.where(ops.less_equal(away, delta), near, far), axis=-1)


def cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> Any:
    """Computes minus the cosine of the angle between vectors; 0 for a zero vector.

    Args:
        y_true: Targets.
        y_pred: Predictions of the same shape.
        axis: The axis along which vectors lie.

    Returns:
        Tensor without that axis, from -1 (the same direction) to 1.

    Raises:
        ShapeError: If the shapes differ.

    Example:
        >>> cosine_similarity([[0.0, 2.0]], [[0.0, 3.0]]).tolist()
        [-1.0]
    """
    y_true, y_pred = matched(y_true, y_pred, "cosine_similarity")
    units = [_unit(y, axis) for y in (y_true, y_pred)]
    return ops.negative(ops.sum(ops.multiply(*units), axis=axis))


def _unit(x: Any, axis: int) -> Any:
    total = ops.sum(ops.square(x), axis=axis, keepdims=True)
    return ops.multiply(x, ops.rsqrt(ops.maximum(total, 1e-12)))
