"""Gradients that are there, and what is said about those that are not."""

import warnings
from typing import Any

from kerasish.core.errors import ArgumentError, KerasishWarning

__all__ = ["present"]


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
