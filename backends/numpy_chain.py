"""How NumPy computes a chain over flat arrays: block by block, each in the cache."""

from collections.abc import Callable
from typing import Any

import numpy as np

from kerasish.backends.base.backend import Array
from kerasish.backends.base.chain import Chain
from kerasish.backends.numpy_lowering import lower
from kerasish.backends.numpy_lowering.steps import copying
from kerasish.core.errors import BackendError

__all__ = ["lower_chain"]

BLOCK = 16384  # elements: a few such arrays fit into a core's own cache


def lower_chain(
    chain: Chain, inputs: list[Array], outputs: list[Array]
) -> Callable[[], Any]:
    """Returns a function without arguments that computes a chain over flat arrays.

    Args:
        chain: Calls on arrays of one flat shape and on scalars.
        inputs: The arrays of `chain.inputs`.
        outputs: The arrays of `chain.outputs`, which may be inputs' memory.
    """
    size = max((n for slot in chain.slots for n in slot.shape), default=1)
    steps: list[Callable[[], Any]] = []
    scratch = _scratch(chain, min(size, BLOCK))
    for start in range(0, size, BLOCK):
        steps += _block(chain, inputs, outputs, scratch, slice(start, start + BLOCK))

    def run() -> None:
        for step in steps:
            step()

    return run


def _scratch(chain: Chain, size: int) -> dict[int, Array]:
    """Returns memory for the slots that calls write, shared where lives allow."""
    last = {i: n for n, call in enumerate(chain.calls) for i in call.inputs}
    free: dict[str, list[Array]] = {}
    made: dict[int, Array] = {}
    for n, call in enumerate(chain.calls):
        slot = chain.slots[call.output]
        ready = free.setdefault(slot.dtype, [])
        made[call.output] = ready.pop() if ready else np.empty(size, slot.dtype)
        for i in {*call.inputs}:
            if last[i] == n and i in made and i not in chain.outputs:
                free[chain.slots[i].dtype].append(made[i])
    return made


def _block(
    chain: Chain,
    inputs: list[Array],
    outputs: list[Array],
    scratch: dict[int, Array],
    part: slice,
) -> list[Callable[[], Any]]:
    held: dict[int, Array] = {}
    for i, x in zip(chain.inputs, inputs, strict=True):
        held[i] = x[part] if x.ndim else x
    targets = {i: out[part] for i, out in zip(chain.outputs, outputs, strict=True)}
    steps: list[Callable[[], Any]] = []
    late: list[tuple[Array, Array]] = []
    for n, call in enumerate(chain.calls):
        target = targets.get(call.output)
        later = {i for rest in chain.calls[n + 1 :] for i in rest.inputs}
        size = next(held[i].size for i in call.inputs if held[i].ndim)
        out = scratch[call.output][:size]
        if target is not None:
            if any(np.may_share_memory(held[i], target) for i in later if i in held):
                late.append((target, out))  # the old values are still needed
            else:
                out = target
        held[call.output] = out
        given = [held[i] for i in call.inputs]
        step = lower(call.name, dict(call.static), given, [out])
        if step is None:
            raise BackendError(
                f"`{call.name}` cannot be in a chain: NumPy has no form of it that "
                "writes into given memory."
            )
        steps.append(step)
    return steps + [copying(target, out) for target, out in late]
