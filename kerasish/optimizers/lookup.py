"""Optimizers by name and by config."""

from collections.abc import Mapping
from typing import Any

from kerasish.core.registry import (
    deserialize_keras_object,
    resolve,
    serialize_keras_object,
)
from kerasish.optimizers.adafactor import Adafactor
from kerasish.optimizers.adam import Adam, Adamax, AdamW, Nadam
from kerasish.optimizers.adaptive import Adadelta, Adagrad, Ftrl
from kerasish.optimizers.descent import SGD, RMSprop
from kerasish.optimizers.loss_scale import LossScaleOptimizer
from kerasish.optimizers.multi_optimizer import MultiOptimizer
from kerasish.optimizers.muon import Muon
from kerasish.optimizers.optimizer import Optimizer
from kerasish.optimizers.schedule_free import ScheduleFreeAdamW
from kerasish.optimizers.signed import Lamb, Lion

__all__ = ["OPTIMIZERS", "deserialize", "get", "serialize"]

OPTIMIZERS: dict[str, Any] = {
    kind.__name__.lower(): kind
    for kind in (
        Adadelta,
        Adafactor,
        Adagrad,
        Adam,
        AdamW,
        Adamax,
        Ftrl,
        Lamb,
        Lion,
        Muon,
        Nadam,
        RMSprop,
        SGD,
        ScheduleFreeAdamW,
    )
}
OPTIMIZERS["lossscaleoptimizer"] = LossScaleOptimizer
OPTIMIZERS["multioptimizer"] = MultiOptimizer


def get(identifier: Any) -> Any:
    """Returns an optimizer.

    Args:
        identifier: A name, a config, an optimizer, or None.

    Raises:
        ArgumentError: If the name is unknown.

    Example:
        >>> float(get("adam").learning_rate) == float(get("Adam").learning_rate)
        True
    """
    return resolve("optimizer", identifier, OPTIMIZERS, Optimizer)


def serialize(optimizer: Optimizer) -> Any:
    """Returns the config of an optimizer as plain data."""
    return serialize_keras_object(optimizer)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Returns the optimizer that `serialize` described.

    Args:
        config: Config or name.
        custom_objects: Classes by name.
    """
    return deserialize_keras_object(
        config,
        custom_objects=custom_objects,
        module_objects=OPTIMIZERS,
        printable_module_name="optimizer",
    )
