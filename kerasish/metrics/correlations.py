"""How well predictions go along with targets."""

from typing import Any

from kerasish import ops
from kerasish.losses.matching import matched
from kerasish.metrics.means import MeanMetricWrapper

__all__ = [
    "ConcordanceCorrelation",
    "PearsonCorrelation",
    "concordance_correlation",
    "pearson_correlation",
]


def pearson_correlation(y_true: Any, y_pred: Any, axis: Any = -1) -> Any:
    """Computes `cov(t, p) / (std(t) std(p))`; NaN where either is constant.

    Args:
        y_true: Targets.
        y_pred: Predictions of the same shape.
        axis: The axis, or axes, along which they are compared.

    Returns:
        Tensor without that axis.

    Raises:
        ShapeError: If the shapes differ.

    Example:
        >>> round(pearson_correlation([1.0, 2.0, 4.0], [3.0, 5.0, 9.0]).item(), 5)
        1.0
    """
    t, p, _ = _centred(y_true, y_pred, axis, "pearson_correlation")
    return ops.sum(_of_length_one(t, axis) * _of_length_one(p, axis), axis=axis)


def concordance_correlation(y_true: Any, y_pred: Any, axis: Any = -1) -> Any:
    """Computes `2 cov(t, p) / (var(t) + var(p) + (mean(t) - mean(p))^2)`.

    Unlike Pearson's correlation it is 1 only for predictions equal to the targets.

    Args:
        y_true: Targets.
        y_pred: Predictions of the same shape.
        axis: The axis, or axes, along which they are compared.

    Returns:
        Tensor without that axis; NaN where both are constant and equal.

    Raises:
        ShapeError: If the shapes differ.

    Example:
        >>> round(concordance_correlation([1.0, 2.0], [2.0, 3.0]).item(), 4)
        0.3333

    Reference:
        Lin, 1989, "A concordance correlation coefficient to evaluate reproducibility".
    """
    t, p, shift = _centred(y_true, y_pred, axis, "concordance_correlation")
    spread = ops.mean(t * t + p * p, axis=axis)
    return 2.0 * ops.mean(t * p, axis=axis) / (spread + shift * shift)


def _of_length_one(x: Any, axis: Any) -> Any:
    # By the largest first, lest squares be too small or too large to be held.
    x = x / ops.max(ops.absolute(x), axis=axis, keepdims=True)
    return x / ops.sqrt(ops.sum(x * x, axis=axis, keepdims=True))


def _centred(y_true: Any, y_pred: Any, axis: Any, name: str) -> tuple[Any, Any, Any]:
    """Returns deviations from the means, and by how much the means differ."""
    t, p = matched(y_true, y_pred, name)
    means = [ops.mean(x, axis=axis, keepdims=True) for x in (t, p)]
    shift = ops.squeeze(ops.subtract(*means), axis=axis)
    return t - means[0], p - means[1], shift


class PearsonCorrelation(MeanMetricWrapper):
    """The mean of `pearson_correlation`.

    Args:
        name: The name in logs.
        dtype: A dtype name or policy for the result.
        axis: The axis, or axes, along which targets and predictions are compared.

    Example:
        >>> metric = PearsonCorrelation()
        >>> round(float(metric([[0, 1, 0.5]], [[0.1, 0.9, 0.5]])), 5)
        1.0
    """

    direction = "max"

    def __init__(
        self,
        name: str | None = "pearson_correlation",
        dtype: Any = None,
        axis: Any = -1,
    ) -> None:
        super().__init__(pearson_correlation, name, dtype, axis=axis)
        self.axis = axis


class ConcordanceCorrelation(MeanMetricWrapper):
    """The mean of `concordance_correlation`.

    Args:
        name: The name in logs.
        dtype: A dtype name or policy for the result.
        axis: The axis, or axes, along which targets and predictions are compared.

    Example:
        >>> metric = ConcordanceCorrelation()
        >>> round(float(metric([[0, 1, 0.5]], [[0.1, 0.9, 0.5]])), 5)
        0.97561
    """

    direction = "max"

    def __init__(
        self,
        name: str | None = "concordance_correlation",
        dtype: Any = None,
        axis: Any = -1,
    ) -> None:
        super().__init__(concordance_correlation, name, dtype, axis=axis)
        self.axis = axis
