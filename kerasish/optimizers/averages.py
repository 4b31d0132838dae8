"""Exponential moving averages of weights."""

from typing import Any

from kerasish import ops

__all__ = ["overwrite", "update_averages"]


def update_averages(optimizer: Any, variables: list[Any]) -> None:
    """Moves the averages towards the weights; sets weights to them when it is time.

    Args:
        optimizer: An optimizer with `_averages`.
        variables: The weights of a step.
    """
    done = optimizer.iterations
    # The first average is the weight itself.
    momentum = ops.where(ops.equal(done, 0), 0.0, optimizer.ema_momentum)
    slots = _slots(optimizer, variables)
    for v, average in zip(variables, slots, strict=True):
        keep = ops.cast(momentum, v.dtype)
        average.assign(keep * average.value + (1.0 - keep) * v.value)
    frequency = optimizer.ema_overwrite_frequency
    if frequency:
        due = ops.equal(ops.mod(done + 1, frequency), 0)
        for v, average in zip(variables, slots, strict=True):
            v.assign(ops.where(due, average.value, v.value))


def overwrite(optimizer: Any, variables: Any) -> None:
    """Sets weights to their averages.

    Args:
        optimizer: An optimizer with `_averages`.
        variables: The weights; those it does not know are left as they are.
    """
    known = [v for v in variables if id(v) in optimizer._places]
    for v, average in zip(known, _slots(optimizer, known), strict=True):
        v.assign(average.value)


def _slots(optimizer: Any, variables: list[Any]) -> list[Any]:
    return [optimizer._averages[optimizer._places[id(v)]] for v in variables]
