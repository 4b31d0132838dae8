"""Compiling a model again with another optimizer, loss or other metrics."""

from typing import Any

from kerasish.core.tree import map_structure

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
    # The state of an optimizer or a metric belongs to one model.
    given = {
        "optimizer": map_structure(_fresh, optimizer),
        "loss": loss,
        "metrics": map_structure(_fresh, metrics),
    }
    kept = model.compile_arguments
    model.compile(**kept | {k: v for k, v in given.items() if v is not None})


def _fresh(given: Any) -> Any:
    if hasattr(given, "get_config") and not isinstance(given, type):
        return type(given).from_config(given.get_config())
    return given
