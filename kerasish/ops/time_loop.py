"""The loop over time steps that the recurrent operations share."""

from collections.abc import Callable
from typing import Any, NamedTuple

from kerasish.autodiff import TensorSpec, defvjp, keep, primitive
from kerasish.ops.accumulation import cumsum
from kerasish.ops.arithmetic import add
from kerasish.ops.comparison import greater
from kerasish.ops.conversion import cast
from kerasish.ops.creation import zeros
from kerasish.ops.movement import (
    concatenate,
    flip,
    reshape,
    stack,
    swapaxes,
    transpose,
)
from kerasish.ops.products import matmul
from kerasish.ops.selection import where

__all__ = ["Steps", "gate_parts", "prepared", "run_steps", "time_steps"]


class Steps(NamedTuple):
    """What a loop over time needs: each in the order in which steps are computed."""

    projected: Any  # per step (batch, gates * units): inputs times kernel, and bias
    masks: Any  # per step (batch, 1), or None
    mask: Any  # (batch, time, 1), or None
    from_zero: bool  # whether the first state is zero


def prepared(
    x: Any, kernel: Any, bias: Any, first: Any, mask: Any, u: Any, backwards: bool
) -> tuple[Steps, tuple[Any, ...]]:
    """Returns the projected inputs step by step, and the first states.

    Args:
        x: Inputs `(batch, time, features)`.
        kernel: What they are multiplied with, all steps in one product.
        bias: What is added, or None.
        first: First states, None for zeros.
        mask: `(batch, time)` or `(batch, time, 1)`, or None.
        u: The recurrent kernel, of as many rows as there are units.
        backwards: Whether the last step comes first.
    """
    batch, time, features = x.shape
    rows = reshape(transpose(x, (1, 0, 2)), (time * batch, features))
    projected = matmul(rows, kernel)
    if bias is not None:
        projected = add(projected, bias)
    steps = time_steps(reshape(projected, (time, batch, kernel.shape[1])))
    masks: Any = None
    if mask is not None:
        mask = reshape(cast(mask, "bool"), (*x.shape[:2], 1))
        masks = time_steps(transpose(mask, (1, 0, 2)))
    if backwards:
        steps = steps[::-1]
        if mask is not None:
            masks, mask = masks[::-1], flip(mask, axis=1)
    shape = (batch, u.shape[0])
    states = tuple(zeros(shape, x.dtype) if s is None else s for s in first)
    return Steps(steps, masks, mask, first[0] is None), states


def run_steps(
    step: Callable[..., tuple[Any, ...]],
    steps: Steps,
    states: tuple[Any, ...],
    sequences: bool,
    zero_output: bool,
) -> tuple[Any, ...]:
    """Computes the steps one after the other; the first state is the output.

    Args:
        step: Function of a step's projected inputs and the states; returns new states.
        steps: What `prepared` returned.
        states: The first states.
        sequences: Whether the outputs of all steps are wanted, or only the last.
        zero_output: Whether skipped steps give zero.

    Returns:
        Tuple of the outputs and the last states.
    """
    outputs = []
    for t, x in enumerate(steps.projected):
        new = step(x, *states)
        if steps.masks is not None:
            m = steps.masks[t]
            new = tuple(where(m, n, s) for n, s in zip(new, states, strict=True))
        states = new
        outputs.append(states[0])
    y = swapaxes(stack(outputs), 0, 1) if sequences else outputs[-1]
    kept = _kept(steps, sequences, zero_output)
    if kept is not None:
        y = where(kept, y, cast(0.0, y.dtype))
    return y, *states


def _kept(steps: Steps, sequences: bool, zero_output: bool) -> Any:
    """Returns where outputs are not zero: from the first step on that counts."""
    if steps.mask is None or (steps.from_zero and not zero_output):
        return None
    if zero_output:
        return steps.mask if sequences else steps.masks[-1]
    kept = greater(cumsum(cast(steps.mask, "int32"), axis=1), 0)
    return kept if sequences else kept[:, -1]


def _time_spec(x: TensorSpec) -> Any:
    time, *rest = x.shape
    return tuple(TensorSpec(rest, x.dtype) for _ in range(time or 0))


@primitive(spec=_time_spec, cast=keep)
def time_steps(x: Any) -> Any:
    """Returns the slices of the first axis.

    Args:
        x: Tensor `(time, ...)`.

    Returns:
        Tuple of as many tensors.

    Example:
        >>> [step.tolist() for step in time_steps([[1, 2], [3, 4]])]
        [[1, 2], [3, 4]]
    """
    return tuple(x[t, ...] for t in range(x.shape[0]))


def _gates_spec(x: TensorSpec, count: int) -> Any:
    *rest, n = x.shape
    size = None if n is None else n // count
    return tuple(TensorSpec((*rest, size), x.dtype) for _ in range(count))


@primitive(spec=_gates_spec, cast=keep, static=("count",))
def gate_parts(x: Any, count: int) -> Any:
    """Returns equal parts of the last axis.

    Args:
        x: Tensor.
        count: How many; the axis must divide into them.

    Returns:
        Tuple of tensors.

    Example:
        >>> [part.tolist() for part in gate_parts([1, 2, 3, 4], count=2)]
        [[1, 2], [3, 4]]
    """
    n = x.shape[-1] // count
    return tuple(x[..., i * n : (i + 1) * n] for i in range(count))


# One tensor is made of all gradients; a sum of padded ones would take the square of
# the number of steps.
defvjp(
    time_steps,
    lambda g, y, x: stack(list(g) if x.shape[0] > 1 else [g], axis=0),
)
defvjp(gate_parts, lambda g, y, x, count: concatenate(list(g), axis=-1))
