"""What changes the weights."""

from kerasish.optimizers import schedules
from kerasish.optimizers.adafactor import Adafactor
from kerasish.optimizers.adam import Adam, Adamax, AdamW, Nadam
from kerasish.optimizers.adaptive import Adadelta, Adagrad, Ftrl
from kerasish.optimizers.descent import SGD, RMSprop
from kerasish.optimizers.lookup import deserialize, get, serialize
from kerasish.optimizers.loss_scale import LossScaleOptimizer
from kerasish.optimizers.optimizer import Optimizer
from kerasish.optimizers.signed import Lamb, Lion

__all__ = [
    "SGD",
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Ftrl",
    "Lamb",
    "Lion",
    "LossScaleOptimizer",
    "Nadam",
    "Optimizer",
    "RMSprop",
    "deserialize",
    "get",
    "schedules",
    "serialize",
]
