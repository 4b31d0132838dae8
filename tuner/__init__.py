"""The hyperparameter tuner, with the names and signatures of KerasTuner."""

if __name__ != "kerasish.tuner":
    raise ImportError("Import this package as `kerasish.tuner`: import kerasish.tuner")

from kerasish.tuner import errors, oracles, tuners
from kerasish.tuner.base_tuner import BaseTuner
from kerasish.tuner.errors import (
    FailedTrialError,
    FatalError,
    FatalRuntimeError,
    FatalTypeError,
    FatalValueError,
)
from kerasish.tuner.hypermodel import HyperModel
from kerasish.tuner.hyperparameter import (
    Boolean,
    Choice,
    Fixed,
    HyperParameter,
)
from kerasish.tuner.hyperparameters import HyperParameters
from kerasish.tuner.numerical import Float, Int
from kerasish.tuner.objective import Objective
from kerasish.tuner.oracle import Oracle
from kerasish.tuner.searchers import (
    GridSearch,
    GridSearchOracle,
    RandomSearch,
    RandomSearchOracle,
)
from kerasish.tuner.trial import Trial, TrialStatus
from kerasish.tuner.tuner import Tuner

__all__ = [
    "BaseTuner",
    "Boolean",
    "Choice",
    "FailedTrialError",
    "FatalError",
    "FatalRuntimeError",
    "FatalTypeError",
    "FatalValueError",
    "Fixed",
    "Float",
    "GridSearch",
    "GridSearchOracle",
    "HyperModel",
    "HyperParameter",
    "HyperParameters",
    "Int",
    "Objective",
    "Oracle",
    "RandomSearch",
    "RandomSearchOracle",
    "Trial",
    "TrialStatus",
    "Tuner",
    "errors",
    "oracles",
    "tuners",
]
