"""Compiling a model again with another optimizer, loss or other metrics."""

from typing import Any

__all__ = ["override_compile"]


def override_compile(model: Any, optimizer: Any, loss: Any, metrics: Any) -> None:
    """Compiles a model with what is given, and for the rest as it was compiled.

    Args:
        model: A compiled model.
        optimizer: A name, an optimizer, which is copied, or None for the model's.
        loss: What `compile` takes, or None for the model's.
        metrics: What `compile` takes, or None for the model's.
    """
    if optimizer is None and loss is None and metrics is None:
        return
    if optimizer is not None and not isinstance(optimizer, (str, dict, type)):
        # The state of an optimizer belongs to one model.
        optimizer = type(optimizer).from_config(optimizer.get_config())
    model.compile(
        optimizer=model.optimizer if optimizer is None else optimizer,
        loss=model.loss if loss is None else loss,
        metrics=metrics,
    )
