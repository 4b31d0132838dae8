"""What changes the weights."""

from kerasish.optimizers import legacy, schedules
from kerasish.optimizers.adafactor import Adafactor
from kerasish.optimizers.adam import Adam, Adamax, AdamW, Nadam
from kerasish.optimizers.adaptive import Adadelta, Adagrad, Ftrl
from kerasish.optimizers.descent import SGD, RMSprop
from kerasish.optimizers.lookup import deserialize, get, serialize
from kerasish.optimizers.loss_scale import LossScaleOptimizer
from kerasish.optimizers.multi_optimizer import MultiOptimizer, OptimizerMap
from kerasish.optimizers.muon import Muon
from kerasish.optimizers.optimizer import Optimizer
from kerasish.optimizers.schedule_free import ScheduleFreeAdamW
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
    "MultiOptimizer",
    "Muon",
    "Nadam",
    "Optimizer",
    "OptimizerMap",
    "RMSprop",
    "ScheduleFreeAdamW",
    "deserialize",
    "get",
    "legacy",
    "schedules",
    "serialize",
]
