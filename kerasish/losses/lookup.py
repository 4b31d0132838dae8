"""Losses by name and by config."""

from collections.abc import Mapping
from typing import Any

from kerasish.core.registry import (
    deserialize_keras_object,
    register_builtin_functions,
    resolve,
    serialize_keras_object,
)
from kerasish.losses import (
    probability_functions,
    probability_losses,
    regression_functions,
    regression_losses,
    sequences,
)

__all__ = ["FUNCTIONS", "LOSSES", "deserialize", "get", "serialize"]

ALIASES = {
    "bce": "binary_crossentropy",
    "kld": "kl_divergence",
    "logcosh": "log_cosh",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "mse": "mean_squared_error",
    "msle": "mean_squared_logarithmic_error",
}
HELPERS = (
    "check_gamma",
    "check_not_negative",
    "check_q",
    "check_smoothing",
    "smoothed",
)
FUNCTIONS: dict[str, Any] = {
    name: getattr(room, name)
    for room in (regression_functions, probability_functions)
    for name in room.__all__
    if name not in HELPERS
} | {"ctc": sequences.ctc}
FUNCTIONS |= {alias: FUNCTIONS[name] for alias, name in ALIASES.items()}
LOSSES: dict[str, Any] = {
    **{
        name: getattr(room, name)
        for room in (regression_losses, probability_losses)
        for name in room.__all__
        if name != "FixedLoss"
    },
    "CTC": sequences.CTC,
    **FUNCTIONS,
}
register_builtin_functions("keras.losses", FUNCTIONS)


def get(identifier: Any) -> Any:
    """Returns a loss.

    Args:
        identifier: A name, a config, a loss, a function `(y_true, y_pred)`, or None.

    Returns:
        A loss object, or for the name of a function the function.

    Raises:
        ArgumentError: If the name is unknown.

    Example:
        >>> get("mse").__name__
        'mean_squared_error'
    """
    return resolve("loss", identifier, LOSSES)


def serialize(loss: Any) -> Any:
    """Returns the config of a loss as plain data."""
    return serialize_keras_object(loss)


def deserialize(name: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Returns the loss that `serialize` described.

    Args:
        name: Name or config.
        custom_objects: Classes and functions by name.
    """
    return deserialize_keras_object(
        name,
        custom_objects=custom_objects,
        module_objects=LOSSES,
        printable_module_name="loss function",
    )
