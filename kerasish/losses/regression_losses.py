"""Regression, hinge and divergence losses as objects."""

from typing import Any

from kerasish.core.errors import ArgumentError
from kerasish.losses import regression_functions as functions
from kerasish.losses.loss import LossFunctionWrapper

__all__ = [
    "FixedLoss",
    "CosineSimilarity",
    "Huber",
    "MeanSquaredError",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredLogarithmicError",
    "LogCosh",
    "Poisson",
    "KLDivergence",
    "Hinge",
    "SquaredHinge",
    "CategoricalHinge",
]


class FixedLoss(LossFunctionWrapper):
    """A loss whose function is fixed by its class."""

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        config = {"name": self.name, "reduction": self.reduction}
        return config | self._fn_kwargs


class MeanSquaredError(FixedLoss):
    """The mean of squared differences.

    Args:
        reduction: As for `Loss`.
        name: The name in logs.
        dtype: A dtype name or policy for the computation.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_squared_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(functions.mean_squared_error, reduction, name, dtype)


class MeanAbsoluteError(FixedLoss):
    """The mean of absolute differences.

    Args:
        reduction: As for `Loss`.
        name: The name in logs.
        dtype: A dtype name or policy for the computation.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_absolute_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(functions.mean_absolute_error, reduction, name, dtype)


class MeanAbsolutePercentageError(FixedLoss):
    """The mean of absolute differences in percent of the targets.

    Args:
        reduction: As for `Loss`.
        name: The name in logs.
        dtype: A dtype name or policy for the computation.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_absolute_percentage_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(
            functions.mean_absolute_percentage_error, reduction, name, dtype
        )


class MeanSquaredLogarithmicError(FixedLoss):
    """The mean of squared differences of `log(1 + y)`.

    Args:
        reduction: As for `Loss`.
        name: The name in logs.
        dtype: A dtype name or policy for the computation.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_squared_logarithmic_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(
            functions.mean_squared_logarithmic_error, reduction, name, dtype
        )


class LogCosh(FixedLoss):
    """The mean of `log(cosh(difference))`.

    Args:
        reduction: As for `Loss`.
        name: The name in logs.
        dtype: A dtype name or policy for the computation.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "log_cosh",
        dtype: Any = None,
    ) -> None:
        super().__init__(functions.log_cosh, reduction, name, dtype)


class Poisson(FixedLoss):
    """The mean of `y_pred - y_true * log(y_pred)`.

    Args:
        reduction: As for `Loss`.
        name: The name in logs.
        dtype: A dtype name or policy for the computation.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "poisson",
        dtype: Any = None,
    ) -> None:
        super().__init__(functions.poisson, reduction, name, dtype)


class KLDivergence(FixedLoss):
    """The Kullback-Leibler divergence.

    Args:
        reduction: As for `Loss`.
        name: The name in logs.
        dtype: A dtype name or policy for the computation.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "kl_divergence",
        dtype: Any = None,
    ) -> None:
        super().__init__(functions.kl_divergence, reduction, name, dtype)


class Hinge(FixedLoss):
    """The mean of `max(1 - y_true * y_pred, 0)`.

    Args:
        reduction: As for `Loss`.
        name: The name in logs.
        dtype: A dtype name or policy for the computation.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "hinge",
        dtype: Any = None,
    ) -> None:
        super().__init__(functions.hinge, reduction, name, dtype)


class SquaredHinge(FixedLoss):
    """The mean of `max(1 - y_true * y_pred, 0)^2`.

    Args:
        reduction: As for `Loss`.
        name: The name in logs.
        dtype: A dtype name or policy for the computation.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "squared_hinge",
        dtype: Any = None,
    ) -> None:
        super().__init__(functions.squared_hinge, reduction, name, dtype)


class CategoricalHinge(FixedLoss):
    """The categorical hinge.

    Args:
        reduction: As for `Loss`.
        name: The name in logs.
        dtype: A dtype name or policy for the computation.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_hinge",
        dtype: Any = None,
    ) -> None:
        super().__init__(functions.categorical_hinge, reduction, name, dtype)


class Huber(FixedLoss):
    """The mean of half the squared difference, linear beyond a limit.

    Args:
        delta: The limit, a positive number.
        reduction: As for `Loss`.
        name: The name in logs.
        dtype: A dtype name or policy for the computation.

    Raises:
        ArgumentError: If `delta` is not positive.
    """

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "huber_loss",
        dtype: Any = None,
    ) -> None:
        if not delta > 0:
            raise ArgumentError(
                f"`delta` of `Huber` must be positive. Received: delta={delta}"
            )
        super().__init__(functions.huber, reduction, name, dtype, delta=delta)


class CosineSimilarity(FixedLoss):
    """Minus the cosine of the angle between targets and predictions.

    Args:
        axis: The axis along which vectors lie.
        reduction: As for `Loss`.
        name: The name in logs.
        dtype: A dtype name or policy for the computation.
    """

    def __init__(
        self,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "cosine_similarity",
        dtype: Any = None,
    ) -> None:
        super().__init__(functions.cosine_similarity, reduction, name, dtype, axis=axis)
