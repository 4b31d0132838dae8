"""What all estimators share: a model is built, fitted, kept, and asked."""

import inspect
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

    A subclass may say what `y` is (`_learn_target`), what a builder may know of it
    (`_target_facts`) and what the model is trained on (`_target_for`, `_row_weights`,
    `_default_loss`); here `y` holds numbers. It says how outputs are read. Parameters
    that its constructor does not have stay at the values below, those of Keras.
    """

    _numeric_target = True

    model: Any
    hidden_layer_sizes: Any = (100,)
    activation: Any = "relu"
    optimizer: Any = None
    loss: Any = None
    metrics: Any = None
    batch_size: Any = None
    epochs: int = 1
    verbose: Any = "auto"
    callbacks: Any = None
    warm_start: bool
    random_state: Any = None
    dtype: Any = None
    model_kwargs: dict[str, Any] | None
    optimizer_kwargs: dict[str, Any] | None = None
    loss_kwargs: dict[str, Any] | None = None
    metrics_kwargs: dict[str, Any] | None = None
    compile_kwargs: dict[str, Any] | None = None
    callbacks_kwargs: dict[str, Any] | None = None
    fit_kwargs: dict[str, Any] | None
    predict_kwargs: dict[str, Any] | None = None
    model_: Any
    history_: dict[str, list[float]]
    n_outputs_: int

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
        if validation_data is not None:
            fit_arguments["validation_data"] = validation_data
        go_on = self.warm_start and self.__sklearn_is_fitted__()
        return self._train(X, y, sample_weight, fit_arguments, reset=not go_on)

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
        """Returns what is pickled: all but the callbacks of the last fit."""
        state = dict(super().__getstate__())
        state.pop("callbacks_", None)
        return state

    def _train(
        self,
        X: Any,
        y: Any,
        sample_weight: Any,
        arguments: dict[str, Any],
        *,
        reset: bool,
        classes: Any = None,
    ) -> Self:
        checked = self._validated(X, y, reset=reset)
        X, y = (checked, None) if y is None else checked
        given = checked_sample_weight(sample_weight, X)
        y = self._learn_target(y, reset, classes)
        if given is not None and not given.all():
            # a row of weight zero is a row that is not there
            counts = given > 0
            X, y, given = X[counts], None if y is None else y[counts], given[counts]
        weight = self._row_weights(y, given)
        if reset:
            self._random = check_random_state(self.random_state)
        with random.seed_scope(int(self._random.randint(2**31 - 1))):
            model = self._new_model(X, y) if reset else self.model_
            arguments = self._fit_arguments(model, arguments, X.shape[0])
            target = self._target_for(model, y)
            try:
                history = model.fit(
                    self._rows(X), target, sample_weight=weight, **arguments
                )
            except KeyboardInterrupt:
                self.model_ = model  # what was learned so far is not lost
                self.history_ = {} if reset else self.history_
                raise
        self.model_ = model
        self.callbacks_ = arguments["callbacks"]
        past = {} if reset else self.history_
        self.history_ = {
            name: past.get(name, []) + values
            for name, values in history.history.items()
        }
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
        model: models.Model = self._build(facts)
        outputs = model(self._rows(X[:1]))
        if not hasattr(outputs, "shape"):
            raise ArgumentError(
                f"The model of `{type(self).__name__}` must have one output. "
                f"Received: {type(outputs).__name__} of {len(outputs)} outputs"
            )
        self._width = 1 if len(outputs.shape) < 2 else int(outputs.shape[-1])
        exact = {"dtype": "float64"} if "float64" in str(outputs.dtype) else {}
        # the mean over weights, so that a weight of 2 is the same as the row twice
        self._compile(model, {"reduction": "mean_with_sample_weight", **exact})
        return model

    def _build(self, facts: dict[str, Any]) -> models.Model:
        return build_model(self.model, self.model_kwargs or {}, facts)

    def _compile(self, model: models.Model, loss_defaults: dict[str, Any]) -> None:
        """Compiles what is not compiled, or is to be compiled differently."""
        parts = (self.optimizer, self.loss, self.metrics)
        routed = (self.optimizer_kwargs, self.loss_kwargs, self.compile_kwargs)
        if model.compiled and not any(parts + routed):
            return
        own = compile_arguments(model)
        optimizer = self.optimizer or own.get("optimizer", "adam")
        own["optimizer"] = make_optimizer(optimizer, self.optimizer_kwargs or {})
        loss, settings = self.loss or own.get("loss"), self.loss_kwargs or {}
        if loss is None:
            loss, inferred = self._default_loss(model)
            settings = {**inferred, **settings}
        own["loss"] = make_loss(loss, settings, loss_defaults)
        if self.metrics is not None:
            own["metrics"] = make_metrics(self.metrics, self.metrics_kwargs or {})
        model.compile(**{**own, **(self.compile_kwargs or {})})

    def _fit_arguments(
        self, model: models.Model, given: dict[str, Any], rows: int
    ) -> dict[str, Any]:
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
        arguments["batch_size"] = _batch_size(arguments["batch_size"], rows)
        arguments["callbacks"] = callback_list(
            arguments["callbacks"], self.callbacks_kwargs or {}
        )
        if arguments.get("validation_data") is not None:
            data = arguments["validation_data"]
            arguments["validation_data"] = self._validation(model, data)
        return arguments

    def _validation(self, model: models.Model, data: Any) -> Any:
        if not (isinstance(data, tuple | list) and len(data) in (2, 3)):
            raise ArgumentError(
                "`validation_data` must be (X, y) or (X, y, sample_weight). "
                f"Received: {type(data).__name__}"
            )
        X, y = self._validated(data[0], data[1], reset=False)
        y = self._learn_target(y, reset=False)
        weight = checked_sample_weight(data[2] if len(data) == 3 else None, X)
        data = (self._rows(X), self._target_for(model, y))
        return data if weight is None else (*data, weight)

    def _validated(self, X: Any, y: Any = "no_validation", *, reset: bool) -> Any:
        """Checked arrays: numbers, finite, of the width seen in `fit`."""
        checks: dict[str, Any] = {
            "accept_sparse": "csr",
            "allow_nd": self.model is not None,
            "dtype": FLOATS if self.model is None else "numeric",
        }
        if not (y is None or isinstance(y, str)):
            checks.update(multi_output=True, y_numeric=self._numeric_target)
        return validate_data(self, X, y, reset=reset, **checks)

    def _learn_target(self, y: Array, reset: bool, classes: Any = None) -> Array:
        """Learns what `y` is in a first fit; returns it in its one inner form."""
        if reset and y is not None:
            self._target_shape = y.shape[1:]
            self.n_outputs_ = y.shape[1] if y.ndim > 1 else 1
        return y if y is None else y.reshape((len(y), -1))

    def _target_facts(self, y: Array) -> dict[str, Any]:
        if y is None:
            return {"y": None}
        return {
            "y": y,
            "target_type_": "continuous",
            "n_outputs_": self.n_outputs_,
            "n_outputs_expected_": self.n_outputs_,
            "output_activation": "linear",
        }

    def _target_for(self, model: models.Model, y: Array) -> Array:
        return y

    def _row_weights(self, y: Array, given: Array | None) -> Array | None:
        return given

    def _default_loss(self, model: models.Model) -> tuple[Any, dict[str, Any]]:
        return "mean_squared_error", {}

    def _rows(self, X: Array) -> Array:
        return X if isinstance(X, np.ndarray) else X.toarray()


def _batch_size(wanted: Any, rows: int) -> Any:
    if not isinstance(wanted, str):
        return wanted
    if wanted != "auto":
        raise ArgumentError(
            "`batch_size` must be 'auto' or a positive integer. "
            f"Received: batch_size={wanted!r}"
        )
    return min(AUTO_BATCH, rows)
