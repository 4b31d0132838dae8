"""Gradients and their weights: what fits together, what is there and what is not."""

import warnings
from typing import Any

from kerasish import ops
from kerasish.core.errors import (
    ArgumentError,
    KerasishWarning,
    ShapeError,
)

__all__ = ["paired", "present"]


def paired(
    optimizer: Any, grads: Any, variables: Any = None
) -> tuple[list[Any], list[Any]]:
    """Returns gradients and the weights they belong to, as lists of one length.

    Args:
        optimizer: The optimizer.
        grads: A gradient, or None, for each weight.
        variables: The weights; those the optimizer was built for if None.

    Raises:
        ArgumentError: If no weights are given and the optimizer is not built, or there
            are more or fewer gradients than weights.
        ShapeError: If a gradient has another shape than its weight.
    """
    grads = list(grads)
    if variables is None:
        if not optimizer.built:
            raise ArgumentError(
                f"`{type(optimizer).__name__}` is not built, so it does not know whose "
                "gradients these are. Use `apply(gradients, variables)`, or call "
                "`build(variables)` first."
            )
        variables = optimizer._trainable_variables
    variables = list(variables)
    if len(grads) != len(variables):
        raise ArgumentError(
            f"`apply` needs a gradient for each of {len(variables)} variables. "
            f"Received: {len(grads)} gradients"
        )
    for g, v in zip(grads, variables, strict=True):
        if g is not None and _shape(g) != v.shape:
            raise ShapeError(
                f"The gradient of {v.path!r} must have its shape {tuple(v.shape)}. "
                f"Received: shape {_shape(g)}; are gradients and variables in the "
                "same order?"
            )
    return grads, variables


def present(grads: list[Any], variables: list[Any]) -> tuple[list[Any], list[Any]]:
    """Returns the gradients that are not None, and their weights.

    Args:
        grads: A gradient, or None, for each weight.
        variables: The weights.

    Raises:
        ArgumentError: If there is no gradient at all.
    """
    kept = [(g, v) for g, v in zip(grads, variables, strict=True) if g is not None]
    if not kept and variables:
        raise ArgumentError(
            "No gradients provided for any variable: the loss does not depend on "
            f"{[v.path for v in variables]}."
        )
    if len(kept) < len(grads):
        lost = [v.path for g, v in zip(grads, variables, strict=True) if g is None]
        warnings.warn(
            f"Gradients do not exist for variables {lost}: the loss does not depend on "
            "them, and they are left as they are.",
            KerasishWarning,
            stacklevel=4,
        )
    return [g for g, _ in kept], [v for _, v in kept]


def _shape(x: Any) -> tuple[int, ...]:
    shape = getattr(x, "shape", None)  # numbers and lists have none
    return tuple(ops.convert_to_tensor(x).shape if shape is None else shape)
