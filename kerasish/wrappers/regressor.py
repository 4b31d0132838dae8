"""`KerasRegressor`: a model that predicts numbers, as a scikit-learn estimator."""

from typing import Any, Self

import numpy as np
from sklearn.base import RegressorMixin

from kerasish.wrappers.estimator import KerasEstimator

__all__ = ["KerasRegressor"]

Array = Any


class KerasRegressor(RegressorMixin, KerasEstimator):
    """A regressor.

    Args: see below

    Example:
        >>> from sklearn.datasets import load_diabetes
    """

    def predict(self, X: Any) -> Array:
        """Returns the predicted numbers.

        Args:
            X: Rows of features.

        Returns:
            An array of shape `(rows,)`, or `(rows, outputs)` if `y` was two-dimensional.
        """
        outputs = self.predict_outputs(X)
        return outputs.reshape((len(outputs), *self._target_shape))

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Trains the model for one more epoch, after building it where there is none.

        Args:
            X: Rows of features.
            y: The numbers to predict.
            sample_weight: How often each row counts. Default: once.

        Returns:
            The estimator itself.
        """
        reset = not self.__sklearn_is_fitted__()
        return self._train(X, y, sample_weight, None, {"epochs": 1}, reset=reset)

    def __sklearn_tags__(self) -> Any:
        """Tells scikit-learn what this estimator can do."""
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def _y_checks(self, y: Any) -> dict[str, Any]:
        return {"y_numeric": True}

    def _learn_target(self, y: Array, reset: bool) -> None:
        if reset:
            self._target_shape = y.shape[1:]
            self.n_outputs_ = y.shape[1] if y.ndim > 1 else 1

    def _target_facts(self, y: Array) -> dict[str, Any]:
        return {
            "y": y,
            "target_type_": "continuous",
            "n_outputs_": self.n_outputs_,
            "n_outputs_expected_": self.n_outputs_,
            "output_activation": "linear",
        }

    def _default_loss(self, model: Any) -> Any:
        return "mean_squared_error"

    def _target_for(self, model: Any, y: Array) -> Array:
        return np.asarray(y).reshape((len(y), -1))

    def _row_weights(self, y: Array, given: Array | None) -> Array | None:
        return given
