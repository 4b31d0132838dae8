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
    sums = [slot.value + g for slot, g in zip(slots, grads, strict=True)]
    due = ops.equal(ops.mod(optimizer._iterations + 1, steps), 0)
    change_if(
        due,
        lambda: optimizer._update([x / float(steps) for x in sums], variables),
        [*optimizer.variables, *variables],
    )
    for slot, x in zip(slots, sums, strict=True):
        slot.assign(ops.where(due, 0.0, x))
