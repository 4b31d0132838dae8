"""`KerasRegressor`: a model that predicts numbers, as a scikit-learn estimator."""

from collections.abc import Sequence
from typing import Any, Self

from sklearn.base import RegressorMixin

from kerasish.wrappers.estimator import KerasEstimator

__all__ = ["KerasRegressor"]

Array = Any


class KerasRegressor(RegressorMixin, KerasEstimator):
    """A regressor that is a neural network.

    It is what scikit-learn expects of an estimator: it goes into pipelines, grid
    searches and ensembles, can be cloned and pickled, and passes `check_estimator`.
    With no `model` it is a multilayer perceptron. A `Model` is taken as a pattern:
    every fit trains a fresh copy with new weights. A builder is a function that
    returns a model; it receives those of the following that its signature names, with
    or without the underscore: `n_features_in_`, `X_shape_`, `X_dtype_`, `X`, `y`,
    `target_type_`, `n_outputs_`, `n_outputs_expected_`, and all of them as the dict
    `meta`. What is not compiled is compiled here, for the mean squared error. `y` may
    hold one number for each row, or several.

    Settings of parts are routed by prefix, and can be searched over: `model__units` is
    an argument of the builder, `optimizer__learning_rate`, `loss__name`,
    `metrics__name`, `compile__run_eagerly`, `callbacks__patience` (or, for one of
    several, `callbacks__0__patience`), `fit__validation_split` and
    `predict__batch_size` go where they say. After `fit`, `model_` is the trained model
    and `history_` its losses and metrics by epoch.

    Args:
        model: A builder, a `Model`, or None for a multilayer perceptron. Default None.
        hidden_layer_sizes: Units of the perceptron's hidden layers. Default (100,).
        activation: Activation of its hidden layers. Default `"relu"`.
        optimizer: Name, class or instance. Default: that of a compiled model, else
            `"adam"`.
        loss: Name, class, instance or function. Default: that of a compiled model,
            else mean squared error.
        metrics: Metrics to report in `history_`. Default: none.
        batch_size: Rows for a step, or `"auto"`, 200 or all rows if there are fewer,
            so that a weight of 2 in few rows is exactly the same as the row twice.
            Default `"auto"`.
        epochs: Passes over the rows. Default 100.
        verbose: As in `Model.fit`. Default 0, silent.
        callbacks: A callback or a list or dict of them, instances or classes. Each fit
            uses copies, kept in `callbacks_`. Default None.
        warm_start: Whether `fit` goes on with the trained model. Default False.
        random_state: Seed of the weights, of the order of rows and of dropout.
            Default None: another one for each fit.
        dtype: Dtype of the perceptron. Default: that of `X`, so float64 for most;
            `"float32"` is faster.
        model_kwargs, optimizer_kwargs, loss_kwargs, metrics_kwargs, compile_kwargs,
            callbacks_kwargs, fit_kwargs, predict_kwargs: The routed settings as dicts.
        **routed: Settings by prefix, as above.

    Example:
        >>> import numpy as np
        >>> x = np.linspace(-1, 1, 64).reshape(-1, 1)
        >>> regressor = KerasRegressor(optimizer__learning_rate=0.03, random_state=0)
        >>> regressor.fit(x, 3 * x[:, 0] + 1).score(x, 3 * x[:, 0] + 1) > 0.99
        True
    """

    def __init__(
        self,
        model: Any = None,
        *,
        hidden_layer_sizes: Sequence[int] | int = (100,),
        activation: Any = "relu",
        optimizer: Any = None,
        loss: Any = None,
        metrics: Any = None,
        batch_size: Any = "auto",
        epochs: int = 100,
        verbose: Any = 0,
        callbacks: Any = None,
        warm_start: bool = False,
        random_state: Any = None,
        dtype: Any = None,
        model_kwargs: dict[str, Any] | None = None,
        optimizer_kwargs: dict[str, Any] | None = None,
        loss_kwargs: dict[str, Any] | None = None,
        metrics_kwargs: dict[str, Any] | None = None,
        compile_kwargs: dict[str, Any] | None = None,
        callbacks_kwargs: dict[str, Any] | None = None,
        fit_kwargs: dict[str, Any] | None = None,
        predict_kwargs: dict[str, Any] | None = None,
        **routed: Any,
    ) -> None:
        self._store(locals())

    def predict(self, X: Any) -> Array:
        """Returns the predicted numbers.

        Args:
            X: Rows of features.

        Returns:
            An array of shape `(rows,)`, or `(rows, outputs)` if `y` had two dimensions.
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
        return self._train(X, y, sample_weight, {"epochs": 1}, reset=reset)

    def __sklearn_tags__(self) -> Any:
        """Tells scikit-learn what this estimator can do."""
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
