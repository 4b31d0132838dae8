"""Metrics by name and by config."""

from collections.abc import Mapping
from typing import Any

from kerasish.core.registry import (
    deserialize_keras_object,
    register_builtin_functions,
    resolve,
    serialize_keras_object,
)
from kerasish.losses.lookup import FUNCTIONS as LOSS_FUNCTIONS
from kerasish.metrics import (
    accuracies,
    auc,
    confusion,
    correlations,
    f_scores,
    loss_metrics,
    means,
    operating_points,
    overlaps,
)
from kerasish.metrics.metric import Metric

__all__ = ["METRICS", "deserialize", "get", "serialize"]

ROOMS = (
    means,
    accuracies,
    loss_metrics,
    confusion,
    auc,
    f_scores,
    operating_points,
    overlaps,
    correlations,
)
CLASSES: dict[str, Any] = {
    name: getattr(room, name)
    for room in ROOMS
    for name in room.__all__
    if isinstance(getattr(room, name), type) and name != "MeanMetricWrapper"
}
FUNCTIONS: dict[str, Any] = {
    name: getattr(room, name)
    for room in (accuracies, correlations)
    for name in room.__all__
    if not isinstance(getattr(room, name), type)
}
ALIASES = {
    "bce": "BinaryCrossentropy",
    "BCE": "BinaryCrossentropy",
    "cosine": "CosineSimilarity",
    "kld": "KLDivergence",
    "logcosh": "LogCoshError",
    "mae": "MeanAbsoluteError",
    "mape": "MeanAbsolutePercentageError",
    "mse": "MeanSquaredError",
    "msle": "MeanSquaredLogarithmicError",
    "rmse": "RootMeanSquaredError",
}
# By name a class comes before a function: it brings its direction along.
METRICS: dict[str, Any] = {
    **LOSS_FUNCTIONS,
    **FUNCTIONS,
    **CLASSES,
    **{alias: CLASSES[name] for alias, name in ALIASES.items()},
    **{
        name: CLASSES[found]
        for name in (*FUNCTIONS, *LOSS_FUNCTIONS)
        for found in CLASSES
        if found.lower() == name.replace("_", "")
    },
}
register_builtin_functions("keras.metrics", FUNCTIONS)


def get(identifier: Any) -> Any:
    """Returns a metric.

    Args:
        identifier: A name, a config, a metric, a function `(y_true, y_pred)`, or None.

    Returns:
        A metric object, or a function.

    Raises:
        ArgumentError: If the name is unknown.

    Example:
        >>> get("mae").name
        'mean_absolute_error'
    """
    return resolve("metric", identifier, METRICS)


def serialize(metric: Metric) -> Any:
    """Returns the config of a metric as plain data."""
    return serialize_keras_object(metric)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Returns the metric that `serialize` described.

    Args:
        config: Config or name.
        custom_objects: Classes and functions by name.
    """
    return deserialize_keras_object(
        config,
        custom_objects=custom_objects,
        module_objects=METRICS,
        printable_module_name="metric",
    )
