"""The loop that calls a cell once for each time step."""

from collections.abc import Callable
from functools import partial
from typing import Any

from kerasish import ops
from kerasish.core import tree
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.layers.base import Layer
from kerasish.layers.recurrent.cell_states import first_states
from kerasish.ops.time_loop import time_steps

__all__ = ["run_stepwise", "time_mask"]


def run_stepwise(cell: Any) -> Callable[..., tuple[Any, Any]]:
    """Returns a function that does what `over_time` of a cell does, step by step.

    Args:
        cell: Any cell.
    """
    return partial(_run, cell)


def _run(
    cell: Any,
    sequences: Any,
    states: Any,
    mask: Any,
    training: bool,
    *,
    go_backwards: bool,
    return_sequences: bool,
    zero_output_for_mask: bool,
) -> tuple[Any, Any]:
    steps = time_steps(_time_first(sequences))
    masks = None if mask is None else time_steps(_time_first(mask))
    if go_backwards:
        steps, masks = steps[::-1], None if masks is None else masks[::-1]
    if states is None:
        states = first_states(cell, sequences.shape[0])
    y, outputs = None, []
    try:
        for t, x in enumerate(steps):
            made, new = _called(cell, x, states, training)
            if masks is not None:
                new = tree.map_structure(partial(_chosen, masks[t]), new, states)
                kept = y is not None and not zero_output_for_mask
                made = _chosen(masks[t], made, y if kept else ops.zeros_like(made))
            states, y = new, made
            outputs.append(y)
    finally:
        for name in ("reset_dropout_mask", "reset_recurrent_dropout_mask"):
            getattr(cell, name, tuple)()
    return ops.stack(outputs, axis=1) if return_sequences else y, states


def _called(cell: Any, x: Any, states: Any, training: bool) -> tuple[Any, Any]:
    if isinstance(cell, Layer):
        made, new = cell(x, states, training=training)
    else:
        made, new = cell.call(x, states)
    found, wanted = tree.flatten(new), tree.flatten(states)
    if len(found) != len(wanted):
        raise ArgumentError(
            f"`call` of the cell {cell!r} must return as many states as it is given, "
            f"{len(wanted)}. Received: {len(found)}"
        )
    return made, tree.pack_sequence_as(states, found)


def _chosen(mask: Any, new: Any, old: Any) -> Any:
    shape = (-1, *(1,) * (len(new.shape) - 1))
    return ops.where(ops.reshape(mask, shape), new, old)


def _time_first(x: Any) -> Any:
    return ops.transpose(x, (1, 0, *range(2, len(x.shape))))


def time_mask(layer: Any, mask: Any, shape: Any) -> Any:
    """Returns a mask as booleans `(batch, time)`, or None.

    Args:
        layer: The layer, for messages.
        mask: A tensor `(batch, time)`, which may have further axes of size 1, or a
            structure that begins with one.
        shape: The shape of the sequences.

    Raises:
        ShapeError: If the mask does not fit, or there are no steps.
    """
    if shape[1] == 0:
        raise ShapeError(
            f"{type(layer).__name__} {layer.name!r} needs at least one time step. "
            f"Received: inputs of shape {tuple(shape)}"
        )
    mask = tree.flatten(mask)[0]
    if mask is None:
        return None
    found = tuple(mask.shape)
    rest = len(found) - 2
    if rest < 0 or found != (*shape[:2], *(1,) * rest):
        raise ShapeError(
            f"`mask` of {type(layer).__name__} {layer.name!r} must have the shape "
            f"{tuple(shape[:2])}, that of the sequences' batch and time. "
            f"Received: {found}"
        )
    return ops.cast(ops.reshape(mask, shape[:2]), "bool")
