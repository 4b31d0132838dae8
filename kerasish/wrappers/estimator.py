"""What all estimators share: a model is built, fitted, kept, and asked."""

import inspect
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from kerasish import models, random
from kerasish.core.errors import ArgumentError, unknown
from kerasish.wrappers.building import build_model, compile_arguments
from kerasish.wrappers.configuring import (
    callback_list,
    make_loss,
    make_metrics,
    make_optimizer,
)
from kerasish.wrappers.pickling import pack_model, unpack_model
from kerasish.wrappers.routing import RoutedParameters
from kerasish.wrappers.weights import checked_sample_weight

__all__ = ["KerasEstimator"]

Array = Any
FLOATS = (np.float64, np.float32)
AUTO_BATCH = 200
NOT_FOR_USERS = {"self", "x", "y", "sample_weight", "class_weight"}
FIT_NAMES = set(inspect.signature(models.Model.fit).parameters) - NOT_FOR_USERS


class KerasEstimator(RoutedParameters):
    """Base of the estimators; see `KerasClassifier` and `KerasRegressor`.

    A subclass says what it does with `y` (`_learn_target`, `_target_facts`,
    `_target_for`, `_row_weights`) and with the outputs of the model.
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
        self.model = model
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.optimizer = optimizer
        self.loss = loss
        self.metrics = metrics
        self.batch_size = batch_size
        self.epochs = epochs
        self.verbose = verbose
        self.callbacks = callbacks
        self.warm_start = warm_start
        self.random_state = random_state
        self.dtype = dtype
        self.model_kwargs = model_kwargs
        self.optimizer_kwargs = optimizer_kwargs
        self.loss_kwargs = loss_kwargs
        self.metrics_kwargs = metrics_kwargs
        self.compile_kwargs = compile_kwargs
        self.callbacks_kwargs = callbacks_kwargs
        self.fit_kwargs = fit_kwargs
        self.predict_kwargs = predict_kwargs
        self._accept_routed(routed)

    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        validation_data: Any = None,
        **fit_arguments: Any,
    ) -> Self:
        """Builds the model and trains it.

        Args:
            X: Rows of features, dense or sparse.
            y: The targets of the rows.
            sample_weight: How often each row counts. Default: once.
            validation_data: `(X, y)` or `(X, y, sample_weight)` to report on after each
                epoch. Default None.
            **fit_arguments: Arguments of `Model.fit` for this call, such as `epochs`.

        Returns:
            The estimator itself.
        """
        go_on = self.warm_start and self.__sklearn_is_fitted__()
        return self._train(
            X, y, sample_weight, validation_data, fit_arguments, reset=not go_on
        )

    def predict_outputs(self, X: Any) -> Array:
        """Returns what the model itself answers, before it is read as a prediction.

        Args:
            X: Rows of features.

        Returns:
            The outputs of `model_.predict`.
        """
        check_is_fitted(self)
        rows = self._rows(self._validated(X, reset=False))
        wanted = {"verbose": 0, **(self.predict_kwargs or {})}
        outputs = np.asarray(self.model_.predict(rows, **wanted))
        return outputs if outputs.dtype in FLOATS else outputs.astype("float32")

    def __sklearn_is_fitted__(self) -> bool:
        """Tells scikit-learn whether there is a trained model."""
        return hasattr(self, "model_")

    def __sklearn_tags__(self) -> Any:
        """Tells scikit-learn what this estimator can do."""
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.non_deterministic = False
        return tags

    def __getstate__(self) -> dict[str, Any]:
        """Returns what is pickled: models as the bytes of a `.keras` file."""
        state = dict(super().__getstate__())
        state.pop("callbacks_", None)
        return {
            name: pack_model(value) if isinstance(value, models.Model) else value
            for name, value in state.items()
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Takes back what `__getstate__` gave."""
        super().__setstate__(
            {name: unpack_model(value) for name, value in state.items()}
        )

    def _train(
        self,
        X: Any,
        y: Any,
        sample_weight: Any,
        validation_data: Any,
        fit_arguments: dict[str, Any],
        reset: bool,
    ) -> Self:
        X, y = self._validated(X, y, reset=reset)
        given = checked_sample_weight(sample_weight, X)
        self._learn_target(y, reset)
        if given is not None and not given.all():
            # a row of weight zero is a row that is not there
            X, y, given = X[given > 0], y[given > 0], given[given > 0]
        weight = self._row_weights(y, given)
        if reset:
            self._random = check_random_state(self.random_state)
            self.history_: dict[str, list[float]] = {}
        with random.seed_scope(int(self._random.randint(2**31 - 1))):
            model = self._new_model(X, y) if reset else self.model_
            target = self._target_for(model, y)
            arguments = self._fit_arguments(fit_arguments, X.shape[0])
            arguments["validation_data"] = self._validation(
                model, arguments.get("validation_data", validation_data)
            )
            self.callbacks_ = arguments["callbacks"]
            rows = self._rows(X)
            history = model.fit(rows, target, sample_weight=weight, **arguments)
        self.model_ = model
        for name, values in history.history.items():
            self.history_.setdefault(name, []).extend(values)
        return self

    def _new_model(self, X: Array, y: Array) -> models.Model:
        facts = {
            "X": X,
            "n_features_in_": self.n_features_in_,
            "X_shape_": X.shape,
            "X_dtype_": X.dtype,
            **self._target_facts(y),
        }
        if self.model is None:
            facts.update(
                hidden_layer_sizes=self.hidden_layer_sizes,
                activation=self.activation,
                dtype=X.dtype.name if self.dtype is None else self.dtype,
            )
        model = build_model(self.model, self.model_kwargs or {}, facts)
        if not model.built:
            model(self._rows(X[:1]))
        self._compile(model)
        return model

    def _compile(self, model: models.Model) -> None:
        """Compiles what is not compiled, or is to be compiled differently."""
        wanted = (self.optimizer, self.loss, self.metrics)
        settings = (self.optimizer_kwargs, self.loss_kwargs, self.compile_kwargs)
        if model.compiled and not any(w is not None for w in wanted + settings):
            return
        own = compile_arguments(model)
        optimizer = own.get("optimizer", "adam") if wanted[0] is None else wanted[0]
        loss = own.get("loss") if self.loss is None else self.loss
        own["optimizer"] = make_optimizer(optimizer, self.optimizer_kwargs or {})
        # the mean over weights, so that a weight of 2 is the same as the row twice
        own["loss"] = make_loss(
            self._default_loss(model) if loss is None else loss,
            self.loss_kwargs or {},
            reduction="mean_with_sample_weight",
        )
        if self.metrics is not None:
            own["metrics"] = make_metrics(self.metrics, self.metrics_kwargs or {})
        model.compile(**{**own, **(self.compile_kwargs or {})})

    def _fit_arguments(self, given: dict[str, Any], rows: int) -> dict[str, Any]:
        arguments = {
            "batch_size": self.batch_size,
            "epochs": self.epochs,
            "verbose": self.verbose,
            "callbacks": self.callbacks,
            **(self.fit_kwargs or {}),
            **given,
        }
        for name in arguments:
            if name not in FIT_NAMES:
                where = f"argument of `{type(self).__name__}.fit`"
                raise unknown(where, name, FIT_NAMES)
        if isinstance(arguments["batch_size"], str):
            if arguments["batch_size"] != "auto":
                raise ArgumentError(
                    "`batch_size` must be 'auto' or a positive integer. "
                    f"Received: batch_size={arguments['batch_size']!r}"
                )
            arguments["batch_size"] = min(AUTO_BATCH, rows)
        arguments["callbacks"] = callback_list(
            arguments["callbacks"], self.callbacks_kwargs or {}
        )
        return arguments

    def _validation(self, model: models.Model, data: Any) -> Any:
        if data is None:
            return None
        if not (isinstance(data, tuple | list) and len(data) in (2, 3)):
            raise ArgumentError(
                "`validation_data` must be (X, y) or (X, y, sample_weight). "
                f"Received: {type(data).__name__}"
            )
        X, y = self._validated(data[0], data[1], reset=False)
        weight = checked_sample_weight(data[2] if len(data) == 3 else None, X)
        data = (self._rows(X), self._target_for(model, y))
        return data if weight is None else (*data, weight)

    def _validated(self, X: Any, y: Any = "no_validation", *, reset: bool) -> Any:
        """Checked arrays: numbers, finite, of the width seen in `fit`."""
        return validate_data(
            self,
            X,
            y,
            reset=reset,
            accept_sparse="csr",
            allow_nd=self.model is not None,
            dtype=FLOATS if self.model is None else "numeric",
            multi_output=True,
            **self._y_checks(y),
        )

    def _rows(self, X: Array) -> Array:
        return X if isinstance(X, np.ndarray) else X.toarray()
