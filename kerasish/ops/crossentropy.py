"""Cross-entropies between targets and predictions, for every sample."""

from typing import Any

from kerasish.autodiff import op
from kerasish.core.config import epsilon
from kerasish.core.dtypes import is_float_dtype
from kerasish.core.errors import ShapeError
from kerasish.ops import specs
from kerasish.ops.activations import softplus
from kerasish.ops.arithmetic import add, divide, multiply, negative, subtract
from kerasish.ops.comparison import greater_equal, less, logical_and
from kerasish.ops.conversion import cast, converted
from kerasish.ops.exponentials import log
from kerasish.ops.extremes import clip
from kerasish.ops.indexing import one_hot
from kerasish.ops.movement import squeeze
from kerasish.ops.reductions import sum
from kerasish.ops.selection import where
from kerasish.ops.softmax import log_softmax

__all__ = [
    "binary_crossentropy",
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
]


def _predictions(x: Any) -> Any:
    x = converted(x)
    return x if is_float_dtype(x.dtype) else cast(x, "float32")


@op
def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Any:
    """Computes `-t log(p) - (1 - t) log(1 - p)` element by element.

    Args:
        target: Tensor of probabilities.
        output: Tensor of the same shape: probabilities, or logits.
        from_logits: Whether `output` holds logits, before the sigmoid.

    Returns:
        Tensor of the same shape.

    Raises:
        ShapeError: If the shapes differ.

    Example:
        >>> binary_crossentropy([1.0], [1.0]).item() < 1e-6
        True
    """
    output = _predictions(output)
    target = cast(target, output.dtype)
    _check_same(target, output, "binary_crossentropy")
    if from_logits:
        # -t log s(x) - (1 - t) log(1 - s(x)) = softplus(x) - t x
        return subtract(softplus(output), multiply(target, output))
    output = clip(output, epsilon(), 1.0 - epsilon())
    heads = multiply(target, log(output))
    tails = multiply(subtract(1.0, target), log(subtract(1.0, output)))
    return negative(add(heads, tails))


@op
def categorical_crossentropy(
    target: Any, output: Any, from_logits: bool = False, axis: int = -1
) -> Any:
    """Computes `-sum(t log(p))` over classes.

    Args:
        target: Tensor of probabilities, or one-hot.
        output: Tensor of the same shape: probabilities, or logits.
        from_logits: Whether `output` holds logits, before the softmax.
        axis: The axis of classes.

    Returns:
        Tensor without that axis.

    Raises:
        ShapeError: If the shapes differ.

    Example:
        >>> categorical_crossentropy([[0.0, 1.0]], [[0.0, 1.0]]).tolist()[0] < 1e-6
        True
    """
    output = _predictions(output)
    target = cast(target, output.dtype)
    if not target.shape:
        raise ShapeError("Arguments `target` and `output` must have at least one axis.")
    _check_same(target, output, "categorical_crossentropy")
    return negative(
        sum(multiply(target, _log_probabilities(output, from_logits, axis)), axis=axis)
    )


@op
def sparse_categorical_crossentropy(
    target: Any, output: Any, from_logits: bool = False, axis: int = -1
) -> Any:
    """Computes `-log(p[target])` over classes.

    Args:
        target: Integer tensor of the shape of `output` without the axis of classes, or
            with size 1 there.
        output: Tensor of probabilities, or logits.
        from_logits: Whether `output` holds logits, before the softmax.
        axis: The axis of classes.

    Returns:
        Tensor without that axis.

    Raises:
        ShapeError: If the shapes do not fit.

    Example:
        >>> sparse_categorical_crossentropy([1], [[0.0, 1.0]]).tolist()[0] < 1e-6
        True
    """
    output, target = _predictions(output), converted(target)
    axis = specs.canonical_axis(axis, len(output.shape))
    if len(target.shape) == len(output.shape) and target.shape[axis] == 1:
        target = squeeze(target, axis)
    rest = tuple(n for i, n in enumerate(output.shape) if i != axis)
    fits = len(rest) == len(target.shape) and all(
        a is None or b is None or a == b
        for a, b in zip(rest, target.shape, strict=True)
    )
    if not fits:
        raise ShapeError(
            "In `sparse_categorical_crossentropy`, the targets must have the shape of "
            f"the predictions without the axis of classes. Received: targets of shape "
            f"{tuple(target.shape)}, predictions of shape {tuple(output.shape)}"
        )
    hot = one_hot(
        cast(target, "int64"), output.shape[axis], axis=axis, dtype=output.dtype
    )
    if from_logits:
        logs = log_softmax(output, axis=axis)
        return negative(sum(multiply(hot, logs), axis=axis))
    # The one probability is picked first, so that there is one logarithm for each row.
    total = clip(sum(output, axis=axis), epsilon(), float("inf"))
    picked = divide(sum(multiply(hot, output), axis=axis), total)
    loss = negative(log(clip(picked, epsilon(), 1.0 - epsilon())))
    known = logical_and(
        greater_equal(target, 0), less(target, cast(output.shape[axis], target.dtype))
    )
    return where(known, loss, cast(0.0, loss.dtype))


def _log_probabilities(output: Any, from_logits: bool, axis: int) -> Any:
    if from_logits:
        return log_softmax(output, axis=axis)
    total = sum(output, axis=axis, keepdims=True)
    # A row of zeros stays one: it has no class.
    total = clip(total, epsilon(), float("inf"))
    return log(clip(divide(output, total), epsilon(), 1.0 - epsilon()))


def _check_same(target: Any, output: Any, name: str) -> None:
    fits = len(target.shape) == len(output.shape) and all(
        a is None or b is None or a == b
        for a, b in zip(target.shape, output.shape, strict=True)
    )
    if not fits:
        raise ShapeError(
            f"In `{name}`, targets and predictions must have the same shape. "
            f"Received: targets of shape {tuple(target.shape)}, predictions of shape "
            f"{tuple(output.shape)}"
        )
