"""`KerasClassifier`: a model that predicts classes, as a scikit-learn estimator."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from scipy.special import expit, softmax
from sklearn.base import ClassifierMixin
from sklearn.utils import column_or_1d
from sklearn.utils.multiclass import check_classification_targets, type_of_target

from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.wrappers.configuring import loss_name
from kerasish.wrappers.estimator import KerasEstimator
from kerasish.wrappers.weights import class_weight_of_labels, class_weight_of_rows

__all__ = ["KerasClassifier"]

Array = Any
MULTILABEL = "multilabel-indicator"


class KerasClassifier(ClassifierMixin, KerasEstimator):
    """A classifier that is a neural network.

    It is what scikit-learn expects of an estimator: it goes into pipelines, grid
    searches and ensembles, can be cloned and pickled, and passes `check_estimator`.
    With no `model` it is a multilayer perceptron. A `Model` is taken as a pattern:
    every fit trains a fresh copy with new weights. A builder is a function that
    returns a model; it receives those of the following that its signature names, with
    or without the underscore: `n_features_in_`, `X_shape_`, `X_dtype_`, `X`, `y` (class
    numbers), `classes_`, `n_classes_`, `target_type_`, `n_outputs_`,
    `n_outputs_expected_`, and all of them as the dict `meta`. What is not compiled is
    compiled here, for cross-entropy. `y` may hold two classes, more, or zeros and ones
    in several columns, for labels that do not exclude each other.

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
            else the cross-entropy that fits `y` and the outputs.
        metrics: Metrics to report in `history_`. Default: none.
        class_weight: A dict from class to weight, or `"balanced"`, which makes every
            class count alike. Default None.
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
        >>> from sklearn.datasets import load_iris
        >>> x, y = load_iris(return_X_y=True)
        >>> classifier = KerasClassifier(optimizer__learning_rate=0.02, random_state=0)
        >>> classifier.fit(x, y).score(x, y) > 0.95
        True
    """

    _numeric_target = False
    class_weight: Any = None
    classes_: Array
    n_classes_: int
    target_type_: str

    def __init__(
        self,
        model: Any = None,
        *,
        hidden_layer_sizes: Sequence[int] | int = (100,),
        activation: Any = "relu",
        optimizer: Any = None,
        loss: Any = None,
        metrics: Any = None,
        class_weight: Any = None,
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

    def partial_fit(
        self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None
    ) -> Self:
        """Trains the model for one more epoch, after building it where there is none.

        Args:
            X: Rows of features.
            y: The classes of the rows.
            classes: All classes that will ever come, for the first call. Default: those
                of `y`.
            sample_weight: How often each row counts. Default: once.

        Returns:
            The estimator itself.
        """
        reset = not self.__sklearn_is_fitted__()
        return self._train(
            X, y, sample_weight, {"epochs": 1}, reset=reset, classes=classes
        )

    def predict(self, X: Any) -> Array:
        """Returns the most probable class of each row.

        Args:
            X: Rows of features.

        Returns:
            Classes of shape `(rows,)`; for multilabel targets zeros and ones of shape
            `(rows, labels)`.
        """
        probabilities = self.predict_proba(X)
        if self.target_type_ == MULTILABEL:
            return (probabilities > 0.5).astype(self.classes_.dtype)
        if len(self.classes_) == 2:
            return self.classes_[(probabilities[:, 1] > 0.5).astype(int)]
        return self.classes_[probabilities.argmax(axis=1)]

    def predict_proba(self, X: Any) -> Array:
        """Returns the probability of each class.

        Args:
            X: Rows of features.

        Returns:
            Probabilities of shape `(rows, classes)`, in the order of `classes_`; for
            multilabel targets the probability of each label.
        """
        outputs = self.predict_outputs(X)
        outputs = outputs.reshape((len(outputs), self._width))
        if len(self.classes_) == 1 and self.target_type_ != MULTILABEL:
            return np.ones((len(outputs), 1), outputs.dtype)
        each = self._width == 1 or self.target_type_ == MULTILABEL
        if getattr(self.model_.loss, "from_logits", False):
            outputs = expit(outputs) if each else softmax(outputs, axis=1)
        if self.target_type_ != MULTILABEL and self._width == 1:
            return np.hstack([1 - outputs, outputs])
        return outputs

    def predict_log_proba(self, X: Any) -> Array:
        """Returns the logarithm of the probability of each class.

        Args:
            X: Rows of features.

        Returns:
            Log-probabilities, shaped as those of `predict_proba`.
        """
        return _log(self.predict_proba(X))

    def decision_function(self, X: Any) -> Array:
        """Returns how much speaks for each class, without bounds.

        Args:
            X: Rows of features.

        Returns:
            For two classes the log-odds of the second, shape `(rows,)`; for more the
            log-probabilities, shape `(rows, classes)`; for multilabel targets the
            log-odds of each label.
        """
        probabilities = self.predict_proba(X)
        if self.target_type_ == MULTILABEL:
            return _log(probabilities) - _log(1 - probabilities)
        logs = _log(probabilities)
        return logs[:, 1] - logs[:, 0] if len(self.classes_) == 2 else logs

    def __sklearn_tags__(self) -> Any:
        """Tells scikit-learn what this estimator can do."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        tags.target_tags.multi_output = True
        return tags

    def _learn_target(self, y: Array, reset: bool, classes: Any = None) -> Array:
        """Learns the classes; returns class numbers, or a column for each label."""
        check_classification_targets(y)
        kind = type_of_target(y, input_name="y")
        if kind == "multiclass-multioutput":
            raise ArgumentError(
                "`y` must hold one class for each row, or zeros and ones for several "
                f"labels. Received: several classes in {y.shape[1]} columns. Use "
                "sklearn.multioutput.MultiOutputClassifier"
            )
        if kind == MULTILABEL:
            return self._learn_labels(y, reset)
        y = column_or_1d(y, warn=True)
        if not reset and self.target_type_ == MULTILABEL:
            raise self._other_form(y)
        if reset:
            self.classes_ = np.unique(y if classes is None else classes)
            self.n_classes_ = len(self.classes_)
            self.n_outputs_ = 1
            self.target_type_ = "binary" if self.n_classes_ <= 2 else "multiclass"
        places = np.searchsorted(self.classes_, y).clip(max=self.n_classes_ - 1)
        strange = self.classes_[places] != y
        if strange.any():
            raise ArgumentError(
                "`y` must hold the classes of the first fit. "
                f"Received: {np.unique(y[strange]).tolist()}, "
                f"known: {self.classes_.tolist()}"
            )
        return places

    def _learn_labels(self, y: Array, reset: bool) -> Array:
        y = y if isinstance(y, np.ndarray) else y.toarray()
        if reset:
            self.n_classes_ = self.n_outputs_ = y.shape[1]
            self.classes_ = np.arange(self.n_classes_)
            self.target_type_ = MULTILABEL
        if self.target_type_ != MULTILABEL or y.shape[1] != self.n_classes_:
            raise self._other_form(y)
        return y

    def _other_form(self, y: Array) -> ShapeError:
        return ShapeError(
            f"`y` must be as in the first fit: {self.target_type_} of "
            f"{self.n_classes_} classes. Received: shape {y.shape}"
        )

    def _target_facts(self, y: Array) -> dict[str, Any]:
        sigmoid = self.n_classes_ == 2 or self.target_type_ == MULTILABEL
        one = self.target_type_ != MULTILABEL and self.n_classes_ == 2
        return {
            "y": y,
            "target_type_": self.target_type_,
            "classes_": self.classes_,
            "n_classes_": self.n_classes_,
            "n_outputs_": self.n_outputs_,
            "n_outputs_expected_": 1 if one else self.n_classes_,
            "output_activation": "sigmoid" if sigmoid else "softmax",
        }

    def _default_loss(self, model: Any) -> tuple[Any, dict[str, Any]]:
        """Cross-entropy, on logits where the model ends in no activation."""
        last = getattr(model.layers[-1], "activation", None) if model.layers else None
        settings = {"from_logits": getattr(last, "__name__", "") == "linear"}
        if self.target_type_ == MULTILABEL or self._width < self.n_classes_:
            return "binary_crossentropy", settings
        return "sparse_categorical_crossentropy", settings

    def _target_for(self, model: Any, y: Array) -> Array:
        """`y` as the loss wants it: class numbers, columns, or one-hot rows."""
        single = self.target_type_ != MULTILABEL
        if self._width != self.n_classes_ and not (
            single and self._width == 1 and self.n_classes_ == 2
        ):
            raise ShapeError(
                f"The model of `{type(self).__name__}` must have {self.n_classes_} "
                f"outputs, one for each class. Received: {self._width} outputs"
            )
        if single and loss_name(model.loss).startswith("sparse_"):
            return y.reshape((-1, 1))
        if not single or self._width == 1:
            return y.reshape((len(y), -1)).astype("float32")
        return np.eye(self.n_classes_, dtype="float32")[y]

    def _row_weights(self, y: Array, given: Array | None) -> Array | None:
        if self.class_weight is None:
            return given
        if self.target_type_ == MULTILABEL:
            by_class = class_weight_of_labels(self.class_weight, y)
        else:
            by_class = class_weight_of_rows(
                self.class_weight, self.classes_, self.classes_[y], given
            )
        return by_class if given is None else by_class * given


def _log(probabilities: Array) -> Array:
    return np.log(probabilities.clip(np.finfo(probabilities.dtype).tiny))
