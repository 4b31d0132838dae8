"""Read and set the learning rate of a model's optimizer."""

from typing import Any

import numpy as np

from kerasish.core.errors import StateError

__all__ = ["get_learning_rate", "set_learning_rate"]


def get_learning_rate(owner: str, model: Any) -> float:
    """Returns the current learning rate as a Python float.

    Args:
        owner: Name of the callback, for the message.
        model: A compiled model.

    Raises:
        StateError: If the model has no optimizer with a learning rate.

    Example:
        >>> from types import SimpleNamespace
        >>> model = SimpleNamespace(optimizer=SimpleNamespace(learning_rate=0.1))
        >>> get_learning_rate("ReduceLROnPlateau", model)
        0.1
    """
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None or not hasattr(optimizer, "learning_rate"):
        raise StateError(
            f"`{owner}` needs a model compiled with an optimizer that has a "
            f"`learning_rate`. Received: optimizer={optimizer!r}"
        )
    return float(np.asarray(optimizer.learning_rate).reshape(()))


def set_learning_rate(model: Any, value: float) -> None:
    """Sets the learning rate of the model's optimizer.

    Args:
        model: A compiled model.
        value: The new learning rate.

    Raises:
        TypeError: From the optimizer, if it was made with a learning-rate schedule.

    Example:
        >>> from types import SimpleNamespace
        >>> model = SimpleNamespace(optimizer=SimpleNamespace(learning_rate=0.1))
        >>> set_learning_rate(model, 0.01)
        >>> model.optimizer.learning_rate
        0.01
    """
    model.optimizer.learning_rate = value
