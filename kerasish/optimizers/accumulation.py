"""Gradient accumulation: one update with the mean of the gradients of several steps."""

from typing import Any

from kerasish import ops
from kerasish.optimizers.choosing import change_if

__all__ = ["accumulate"]


def accumulate(optimizer: Any, grads: list[Any], variables: list[Any]) -> None:
    """Adds gradients to the sums; updates with their means at every n-th step.

    Args:
        optimizer: An optimizer with `_accumulated`.
        grads: The gradients of a step.
        variables: The weights.
    """
    steps = optimizer.gradient_accumulation_steps
    slots = [optimizer._accumulated[optimizer._places[id(v)]] for v in variables]
    for slot, g in zip(slots, grads, strict=True):
        slot.assign_add(g)

    def update() -> None:
        optimizer._update([slot.value / float(steps) for slot in slots], variables)
        for slot in slots:
            slot.assign(ops.zeros_like(slot))

    due = ops.equal(ops.mod(optimizer._iterations + 1, steps), 0)
    change_if(due, update, [*optimizer.variables, *variables])
