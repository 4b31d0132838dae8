"""Cross-entropies, focal losses and overlaps as functions."""

import math
from typing import Any

from kerasish import ops
from kerasish.core.config import epsilon
from kerasish.core.errors import ArgumentError
from kerasish.losses.matching import matched

__all__ = [
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_generalized_cross_entropy",
    "check_gamma",
    "check_not_negative",
    "check_q",
    "check_smoothing",
    "circle",
    "dice",
    "smoothed",
    "sparse_categorical_crossentropy",
    "tversky",
]


def binary_crossentropy(
    y_true: Any,
    y_pred: Any,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Any:
    """Computes the mean of `-t log(p) - (1 - t) log(1 - p)`.

    Args:
        y_true: Targets from 0 to 1.
        y_pred: Predictions of the same shape: probabilities, or logits.
        from_logits: Whether predictions are logits.
        label_smoothing: From 0 to 1: how far targets are moved towards 1/2.
        axis: The axis of the mean.

    Returns:
        Tensor without that axis.

    Raises:
        ArgumentError: If `label_smoothing` is out of range.
        ShapeError: If the shapes differ.

    Example:
        >>> binary_crossentropy([[1.0]], [[1.0]]).tolist()[0] < 1e-6
        True
    """
    y_true, y_pred = matched(y_true, y_pred, "binary_crossentropy")
    y_true = smoothed(y_true, label_smoothing, 2)
    losses = ops.binary_crossentropy(y_true, y_pred, from_logits=from_logits)
    return ops.mean(losses, axis=axis)


def categorical_crossentropy(
    y_true: Any,
    y_pred: Any,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Any:
    """Computes `-sum(t log(p))` over classes.

    Args:
        y_true: One-hot targets or probabilities.
        y_pred: Predictions of the same shape: probabilities, or logits.
        from_logits: Whether predictions are logits.
        label_smoothing: From 0 to 1: how far targets are moved towards equal ones.
        axis: The axis of classes.

    Returns:
        Tensor without that axis.

    Raises:
        ArgumentError: If `axis` is no integer or `label_smoothing` out of range.
        ShapeError: If the shapes differ.

    Example:
        >>> categorical_crossentropy([[0.0, 1.0]], [[0.0, 1.0]]).tolist()[0] < 1e-6
        True
    """
    if isinstance(axis, bool) or not isinstance(axis, int):
        raise ArgumentError(f"`axis` must be an integer. Received: axis={axis!r}")
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = ops.cast(ops.convert_to_tensor(y_true), y_pred.dtype)
    y_true = smoothed(y_true, label_smoothing, y_true.shape[axis])
    return ops.categorical_crossentropy(
        y_true, y_pred, from_logits=from_logits, axis=axis
    )


def sparse_categorical_crossentropy(
    y_true: Any,
    y_pred: Any,
    from_logits: bool = False,
    ignore_class: int | None = None,
    axis: int = -1,
) -> Any:
    """Computes `-log(p[t])` for integer targets.

    Args:
        y_true: Integer targets.
        y_pred: Predictions with an axis of classes: probabilities, or logits.
        from_logits: Whether predictions are logits.
        ignore_class: A target that does not count.
        axis: The axis of classes.

    Returns:
        Tensor without that axis, with a mask where targets are ignored.

    Raises:
        ShapeError: If the shapes do not fit.

    Example:
        >>> sparse_categorical_crossentropy([1], [[0.0, 1.0]]).tolist()[0] < 1e-6
        True
    """
    y_true = ops.convert_to_tensor(y_true)
    if ignore_class is None:
        return ops.sparse_categorical_crossentropy(
            y_true, y_pred, from_logits=from_logits, axis=axis
        )
    valid = ops.not_equal(y_true, ignore_class)
    losses = ops.sparse_categorical_crossentropy(
        ops.where(valid, y_true, 0), y_pred, from_logits=from_logits, axis=axis
    )
    valid = ops.reshape(valid, losses.shape)
    losses = ops.where(valid, losses, 0.0)
    losses._keras_mask = valid
    return losses


def binary_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Any:
    """Computes the binary cross-entropy times `(1 - p_t)^gamma`.

    Args:
        y_true: Targets from 0 to 1.
        y_pred: Predictions of the same shape: probabilities, or logits.
        apply_class_balancing: Whether classes are weighted by `alpha`, `1 - alpha`.
        alpha: Weight of class 1.
        gamma: How much easy samples are played down, not negative.
        from_logits: Whether predictions are logits.
        label_smoothing: From 0 to 1.
        axis: The axis of the mean.

    Returns:
        Tensor without that axis.

    Raises:
        ArgumentError: If `gamma` or `label_smoothing` is out of range.

    Reference:
        Lin et al., 2018, arXiv:1708.02002.
    """
    check_gamma(gamma)
    y_true, y_pred = matched(y_true, y_pred, "binary_focal_crossentropy")
    y_true = smoothed(y_true, label_smoothing, 2)
    if from_logits:
        y_pred = ops.sigmoid(y_pred)
    bce = ops.binary_crossentropy(y_true, y_pred)
    other = 1.0 - y_true
    p_t = y_true * y_pred + other * (1.0 - y_pred)
    losses = ops.power(ops.maximum(1.0 - p_t, 0.0), gamma) * bce
    if apply_class_balancing:
        losses = (y_true * alpha + other * (1.0 - alpha)) * losses
    return ops.mean(losses, axis=axis)


def categorical_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    alpha: Any = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Any:
    """Computes the categorical cross-entropy times `alpha * (1 - p)^gamma`.

    Args:
        y_true: One-hot targets.
        y_pred: Predictions of the same shape: probabilities, or logits.
        alpha: Weight of each class, or one number.
        gamma: How much easy samples are played down, not negative.
        from_logits: Whether predictions are logits.
        label_smoothing: From 0 to 1.
        axis: The axis of classes.

    Returns:
        Tensor without that axis.

    Raises:
        ArgumentError: If `gamma` or `label_smoothing` is out of range.

    Reference:
        Lin et al., 2018, arXiv:1708.02002.
    """
    check_gamma(gamma)
    y_true, y_pred = matched(y_true, y_pred, "categorical_focal_crossentropy")
    y_true = smoothed(y_true, label_smoothing, y_true.shape[axis])
    if from_logits:
        y_pred = ops.softmax(y_pred, axis=axis)
    total = ops.maximum(ops.sum(y_pred, axis=axis, keepdims=True), epsilon())
    p = ops.clip(y_pred / total, epsilon(), 1.0 - epsilon())
    focal = ops.power(1.0 - p, gamma) * alpha
    return ops.sum(-focal * y_true * ops.log(p), axis=axis)


def categorical_generalized_cross_entropy(y_true: Any, y_pred: Any, q: float) -> Any:
    """Computes `(1 - p[t]^q) / q`, which noisy labels harm less.

    Args:
        y_true: Integer targets.
        y_pred: Probabilities `(batch, ..., classes)`.
        q: From 0 (cross-entropy) to 1 (absolute error), both excluded for 0.

    Returns:
        Tensor `(batch, ...)`.

    Raises:
        ArgumentError: If `q` is out of range.

    Reference:
        Zhang and Sabuncu, 2018, arXiv:1805.07836.
    """
    check_q(q)
    y_pred = ops.clip(y_pred, epsilon(), 1.0 - epsilon())
    hot = ops.one_hot(ops.cast(y_true, "int64"), y_pred.shape[-1], dtype=y_pred.dtype)
    p = ops.sum(y_pred * hot, axis=-1)
    return (1.0 - ops.power(p, q)) / q


def dice(y_true: Any, y_pred: Any, axis: Any = None) -> Any:
    """Computes 1 minus the Dice coefficient, `2 |A and B| / (|A| + |B|)`.

    Args:
        y_true: Targets from 0 to 1.
        y_pred: Predictions from 0 to 1.
        axis: Axes over which sets are taken, all by default.

    Returns:
        Tensor without those axes.

    Example:
        >>> round(dice([[1.0, 0.0]], [[1.0, 0.0]]).item(), 5)
        0.0
    """
    y_true, y_pred = matched(y_true, y_pred, "dice")
    both = ops.sum(y_true * y_pred, axis=axis)
    total = ops.sum(y_true, axis=axis) + ops.sum(y_pred, axis=axis)
    return 1.0 - (2.0 * both + epsilon()) / (total + epsilon())


def tversky(
    y_true: Any, y_pred: Any, alpha: float = 0.5, beta: float = 0.5, axis: Any = None
) -> Any:
    """Computes 1 minus the Tversky index, `TP / (TP + alpha FP + beta FN)`.

    Args:
        y_true: Targets from 0 to 1.
        y_pred: Predictions from 0 to 1.
        alpha: Weight of false positives.
        beta: Weight of false negatives.
        axis: Axes over which sets are taken, all by default.

    Returns:
        Tensor without those axes.

    Reference:
        Salehi et al., 2017, arXiv:1706.05721.
    """
    y_true, y_pred = matched(y_true, y_pred, "tversky")
    hits = ops.sum(y_true * y_pred, axis=axis)
    false_positives = ops.sum((1.0 - y_true) * y_pred, axis=axis)
    false_negatives = ops.sum(y_true * (1.0 - y_pred), axis=axis)
    total = hits + alpha * false_negatives + beta * false_positives
    return 1.0 - (hits + epsilon()) / (total + epsilon())


def circle(
    y_true: Any,
    y_pred: Any,
    ref_labels: Any = None,
    ref_embeddings: Any = None,
    remove_diagonal: bool = True,
    gamma: float = 80,
    margin: float = 0.4,
) -> Any:
    """Computes the circle loss of embeddings, from pairs within the batch.

    Args:
        y_true: Integer labels `(batch,)`.
        y_pred: Embeddings `(batch, features)` of length 1.
        ref_labels: Labels to compare with, those of the batch by default.
        ref_embeddings: Embeddings to compare with.
        remove_diagonal: Whether a sample is not compared with itself.
        gamma: Scale, positive.
        margin: Relaxation, from 0 to 1.

    Returns:
        Tensor `(batch,)`.

    Reference:
        Sun et al., 2020, arXiv:2002.10857.
    """
    y_pred = ops.convert_to_tensor(y_pred)
    labels = ops.reshape(ops.cast(y_true, "int64"), (-1,))
    against = labels if ref_labels is None else ops.cast(ref_labels, "int64")
    embeddings = y_pred if ref_embeddings is None else ref_embeddings
    cosines = ops.matmul(y_pred, ops.transpose(embeddings))
    same = ops.equal(
        ops.expand_dims(labels, 1), ops.expand_dims(ops.reshape(against, (-1,)), 0)
    )
    other = ops.logical_not(same)
    if remove_diagonal:
        same = ops.logical_and(
            same,
            ops.logical_not(ops.cast(ops.eye(same.shape[0], same.shape[1]), "bool")),
        )
    # Half of the cosine distance grows from 0 to 1.
    fixed = ops.stop_gradient(cosines)
    pull = ops.maximum(1.0 + margin - fixed, 0.0)
    push = ops.maximum(fixed + margin, 0.0)
    positive = -pull * (cosines - (1.0 - margin)) * gamma
    negative = push * (cosines - margin) * gamma
    low = ops.cast(float("-inf"), y_pred.dtype)
    p = ops.logsumexp(ops.where(same, positive, low), axis=1)
    n = ops.logsumexp(ops.where(other, negative, low), axis=1)
    losses = ops.softplus(p + n)
    losses._keras_mask = ops.any(same, axis=1)  # others have nothing to be near to
    return losses


def smoothed(y_true: Any, amount: float, classes: int) -> Any:
    """Returns targets moved towards equal probabilities.

    Args:
        y_true: Targets.
        amount: How far, from 0 to 1.
        classes: The number of classes.

    Raises:
        ArgumentError: If the amount is out of range.
    """
    check_smoothing(amount)
    return y_true * (1.0 - amount) + amount / classes if amount else y_true


def check_smoothing(amount: Any) -> None:
    """Raises unless a label smoothing is from 0 to 1."""
    if not isinstance(amount, int | float) or not 0 <= amount <= 1:
        raise ArgumentError(
            f"`label_smoothing` must be from 0 to 1. Received: {amount!r}"
        )


def check_gamma(gamma: Any) -> None:
    """Raises unless a focusing exponent is not negative."""
    if not gamma >= 0:
        raise ArgumentError(f"`gamma` must not be negative. Received: gamma={gamma}")


def check_not_negative(of: str, **given: Any) -> None:
    """Raises unless the arguments of a loss are finite and not negative."""
    for name, value in given.items():
        if not isinstance(value, int | float) or not 0 <= value < math.inf:
            raise ArgumentError(
                f"`{name}` of `{of}` must be a number that is finite and not "
                f"negative. Received: {name}={value!r}"
            )


def check_q(q: Any) -> None:
    """Raises unless an exponent is above 0 and at most 1."""
    if not 0 < q <= 1:
        raise ArgumentError(f"`q` must be above 0 and at most 1. Received: q={q}")
