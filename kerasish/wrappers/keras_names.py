"""The estimators under the names and signatures that Keras gives them."""

from typing import Any, Self

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin

from kerasish import models
from kerasish.wrappers.classifier import MULTILABEL, KerasClassifier
from kerasish.wrappers.estimator import KerasEstimator
from kerasish.wrappers.regressor import KerasRegressor

__all__ = ["SKLearnClassifier", "SKLearnRegressor", "SKLearnTransformer"]

Array = Any


class _KerasSignature(KerasEstimator):
    """The four parameters of Keras; all others keep the values of `KerasEstimator`."""

    def __init__(
        self,
        model: Any,
        warm_start: bool = False,
        model_kwargs: dict[str, Any] | None = None,
        fit_kwargs: dict[str, Any] | None = None,
    ) -> None:
        self._store(locals())

    def __sklearn_tags__(self) -> Any:
        """Tells scikit-learn what this estimator can do."""
        tags = super().__sklearn_tags__()
        tags.non_deterministic = True  # there is no `random_state`
        return tags

    def _build(self, facts: dict[str, Any]) -> models.Model:
        if self.warm_start and isinstance(self.model, models.Model):
            return self.model
        return super()._build(facts)


class SKLearnClassifier(_KerasSignature, KerasClassifier):
    """A classifier with the signature of Keras; `KerasClassifier` has more to it.

    Args:
        model: A compiled `Model`, copied for each fit, or a function of `X`, `y`
            (one-hot) and `model_kwargs` that returns one.
        warm_start: Whether `fit` goes on with the trained model, and trains a given
            `Model` itself instead of a copy. Default False.
        model_kwargs: Arguments of the function. Default None.
        fit_kwargs: Arguments of `Model.fit`; those given to `fit` go before. Default
            None.

    Example:
        >>> from kerasish import layers, models
        >>> from sklearn.datasets import load_iris
        >>> def build(X, y):
        ...     model = models.Sequential(
        ...         [layers.Input(X.shape[1:]), layers.Dense(y.shape[1], "softmax")]
        ...     )
        ...     model.compile("adam", "categorical_crossentropy")
        ...     return model
        >>> x, y = load_iris(return_X_y=True)
        >>> SKLearnClassifier(build).fit(x, y, verbose=0).predict(x).shape
        (150,)
    """

    def _target_facts(self, y: Array) -> dict[str, Any]:
        facts = super()._target_facts(y)
        if self.target_type_ != MULTILABEL:
            facts["y"] = np.eye(self.n_classes_)[y]
        return facts


class SKLearnRegressor(_KerasSignature, KerasRegressor):
    """A regressor with the signature of Keras; `KerasRegressor` has more to it.

    Args:
        model: A compiled `Model`, copied for each fit, or a function of `X`, `y` and
            `model_kwargs` that returns one.
        warm_start: Whether `fit` goes on with the trained model, and trains a given
            `Model` itself instead of a copy. Default False.
        model_kwargs: Arguments of the function. Default None.
        fit_kwargs: Arguments of `Model.fit`; those given to `fit` go before. Default
            None.

    Example:
        >>> from kerasish import layers, models
        >>> from sklearn.datasets import load_diabetes
        >>> x, y = load_diabetes(return_X_y=True)
        >>> model = models.Sequential([layers.Input((10,)), layers.Dense(1)])
        >>> model.compile("adam", "mse")
        >>> SKLearnRegressor(model).fit(x, y, verbose=0).predict(x).shape
        (442,)
    """


class SKLearnTransformer(
    TransformerMixin, ClassNamePrefixFeaturesOutMixin, _KerasSignature
):
    """A transformer: its `transform` gives the outputs of the model.

    Args:
        model: A compiled `Model`, copied for each fit, or a function of `X`, `y` and
            `model_kwargs` that returns one.
        warm_start: Whether `fit` goes on with the trained model, and trains a given
            `Model` itself instead of a copy. Default False.
        model_kwargs: Arguments of the function. Default None.
        fit_kwargs: Arguments of `Model.fit`; those given to `fit` go before. Default
            None.

    Example:
        >>> from kerasish import layers, models
        >>> from sklearn.datasets import load_diabetes
        >>> x, y = load_diabetes(return_X_y=True)
        >>> model = models.Sequential([layers.Input((10,)), layers.Dense(2)])
        >>> model.compile("adam", "mse")
        >>> transformer = SKLearnTransformer(model).fit(x, x[:, :2], verbose=0)
        >>> transformer.transform(x).shape
        (442, 2)
    """

    def fit(
        self,
        X: Any,
        y: Any = None,
        sample_weight: Any = None,
        validation_data: Any = None,
        **fit_arguments: Any,
    ) -> Self:
        """Builds the model and trains it.

        Args:
            X: Rows of features.
            y: What the model learns to give for the rows. Default None, for models
                whose loss needs no target.
            sample_weight: How often each row counts. Default: once.
            validation_data: `(X, y)` or `(X, y, sample_weight)` to report on after each
                epoch. Default None.
            **fit_arguments: Arguments of `Model.fit` for this call, such as `epochs`.

        Returns:
            The transformer itself.
        """
        super().fit(X, y, sample_weight, validation_data, **fit_arguments)
        return self

    def transform(self, X: Any) -> Array:
        """Returns the outputs of the model.

        Args:
            X: Rows of features.

        Returns:
            An array of shape `(rows, outputs)`.
        """
        outputs = self.predict_outputs(X)
        return outputs.reshape((len(outputs), -1))

    def __sklearn_tags__(self) -> Any:
        """Tells scikit-learn what this estimator can do."""
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []  # a model has a dtype of its own
        return tags

    @property
    def _n_features_out(self) -> int:
        return self._width
