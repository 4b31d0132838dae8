"""Running sums and means: of values, and of a function of targets and predictions."""

from collections.abc import Callable
from typing import Any

from kerasish import losses, ops
from kerasish.core.dtypes import is_float_dtype
from kerasish.core.errors import ArgumentTypeError
from kerasish.core.registry import serialize_keras_object
from kerasish.losses.loss import squeezed
from kerasish.metrics.metric import Metric

__all__ = ["Mean", "MeanMetricWrapper", "Sum", "as_values", "widened"]

# Sums and counts are exact far past 2^24, where float32 stops counting.
WIDE = "float64"


class Sum(Metric):
    """The sum of values, weighted.

    Args:
        name: The name in logs.
        dtype: A dtype name or policy for the result.

    Example:
        >>> float(Sum()([1, 3, 5]))
        9.0
    """

    def __init__(self, name: str | None = "sum", dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.total = self.add_variable((), "zeros", dtype=WIDE, name="total")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Accumulates values.

        Args:
            values: Tensor.
            sample_weight: Weights that broadcast over it.
        """
        values, weights = as_values(values, sample_weight)
        weighted = values if weights is None else ops.multiply(values, weights)
        self.total.assign_add(ops.cast(ops.sum(weighted), WIDE))

    def result(self) -> Any:
        """Returns the sum."""
        return ops.cast(self.total, self.dtype)


class Mean(Metric):
    """The mean of values, weighted.

    Args:
        name: The name in logs.
        dtype: A dtype name or policy for the result.

    Example:
        >>> float(Mean()([1, 3, 5]))
        3.0
    """

    def __init__(self, name: str | None = "mean", dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.total = self.add_variable((), "zeros", dtype=WIDE, name="total")
        self.count = self.add_variable((), "zeros", dtype=WIDE, name="count")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Accumulates values.

        Args:
            values: Tensor.
            sample_weight: Weights that broadcast over it.
        """
        values, weights = as_values(values, sample_weight)
        if weights is None:
            self.total.assign_add(ops.cast(ops.sum(values), WIDE))
            self.count.assign_add(float(values.size))
            return
        spread = ops.broadcast_to(weights, values.shape)
        self.total.assign_add(ops.cast(ops.sum(ops.multiply(values, spread)), WIDE))
        self.count.assign_add(ops.cast(ops.sum(spread), WIDE))

    def result(self) -> Any:
        """Returns the mean; 0 of no values."""
        return ops.cast(ops.divide_no_nan(self.total, self.count), self.dtype)


class MeanMetricWrapper(Mean):
    """The mean of a function of targets and predictions.

    Args:
        fn: A function `(y_true, y_pred, **kwargs)`.
        name: The name in logs, the function's if None.
        dtype: A dtype name or policy for the result.
        **kwargs: Further arguments of the function.

    Example:
        >>> mae = MeanMetricWrapper(lambda y, p: abs(y - p), name="mae")
        >>> float(mae(np.zeros(2), np.ones(2)))
        1.0
    """

    def __init__(
        self,
        fn: Callable[..., Any],
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name or getattr(fn, "__name__", None), dtype=dtype)
        self._fn = fn
        self._fn_kwargs = kwargs
        is_loss = isinstance(fn, losses.Loss) or fn in _loss_functions()
        self.direction = "min" if is_loss else self.direction

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Accumulates a batch.

        Args:
            y_true: Targets.
            y_pred: Predictions.
            sample_weight: Weights of the samples.
        """
        y_true, y_pred = squeezed(widened(y_true), widened(y_pred))
        values = self._fn(y_true, y_pred, **self._fn_kwargs)
        if values is None or isinstance(values, str):
            raise ArgumentTypeError(
                f"The metric {self.name!r} must return a tensor, with a value for each "
                f"sample. Received: {values!r}"
            )
        values = ops.convert_to_tensor(values)
        mask = getattr(values, "_keras_mask", None)
        if mask is not None:
            flags = ops.cast(mask, "float32")
            sample_weight = flags if sample_weight is None else sample_weight * flags
        super().update_state(values, sample_weight=sample_weight)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        config = super().get_config()
        if type(self) is MeanMetricWrapper:
            config["fn"] = serialize_keras_object(self._fn)
        return config | self._fn_kwargs


def as_values(values: Any, sample_weight: Any) -> tuple[Any, Any]:
    """Returns values as floats, and weights with axes to broadcast over them.

    Args:
        values: Tensor.
        sample_weight: Weights, or None.

    Raises:
        ShapeError: If the weights do not broadcast.
    """
    values = widened(values)
    if not is_float_dtype(values.dtype):
        values = ops.cast(values, "float32")
    if sample_weight is None:
        return values, None
    weights = ops.cast(sample_weight, values.dtype)
    while len(weights.shape) > len(values.shape) and weights.shape[-1] == 1:
        weights = ops.squeeze(weights, -1)
    if len(weights.shape) > len(values.shape):
        # One value for several weights, as a mask over time steps gives.
        spare = tuple(range(len(values.shape), len(weights.shape)))
        weights = ops.mean(weights, axis=spare)
    while 0 < len(weights.shape) < len(values.shape):
        weights = ops.expand_dims(weights, -1)
    return values, weights


def widened(x: Any) -> Any:
    """Returns a tensor, half precision as float32, in which sums do not overflow.

    Args:
        x: Tensor, array or lists of numbers.

    Example:
        >>> widened(np.ones(2, "float16")).dtype, widened([1, 2]).dtype
        ('float32', 'int32')
    """
    x = ops.convert_to_tensor(x)
    if x.dtype not in ("float16", "bfloat16"):
        return x
    wide = ops.cast(x, "float32")
    mask = getattr(x, "_keras_mask", None)
    if mask is not None:
        wide._keras_mask = mask
    return wide


def _loss_functions() -> list[Any]:
    return [f for f in vars(losses).values() if callable(f)]
