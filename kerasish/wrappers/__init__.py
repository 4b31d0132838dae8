"""Models as scikit-learn estimators; the only room that imports scikit-learn."""

from kerasish.wrappers.classifier import KerasClassifier
from kerasish.wrappers.keras_names import (
    SKLearnClassifier,
    SKLearnRegressor,
    SKLearnTransformer,
)
from kerasish.wrappers.regressor import KerasRegressor

__all__ = [
    "KerasClassifier",
    "KerasRegressor",
    "SKLearnClassifier",
    "SKLearnRegressor",
    "SKLearnTransformer",
]
