"""LSTM and GRU over whole sequences, forward and back.

First states are always given: without them oneDNN 3.2 returns a wrong gradient of an
LSTM's recurrent kernel where steps lie one after the other in memory. The forward pass
leaves what the way back needs in a workspace, of as many bytes as `workspace_bytes`
says.
"""

from collections.abc import Callable
from ctypes import c_size_t
from typing import Any

import numpy as np

from kerasish.backends.onednn import loading
from kerasish.backends.onednn.making import (
    D_SOURCE,
    FORWARD,
    INFERENCE,
    SOURCE,
    WORKSPACE,
    Making,
)
from kerasish.backends.onednn.recurrent_arrays import KINDS, Arrays, Seen

__all__ = ["bind_recurrent", "bind_recurrent_gradient", "workspace_bytes"]

Steps = list[Callable[[], Any]]
BACKWARD, FROM_FIRST_TO_LAST = 128, 1
OVERWRITE = 1  # gradients of kernels are written, not added to what is there


class _Recurrent:
    """Arrays as the library sees them, and the descriptions both ways.

    Args:
        kind: One of `KINDS`.
        arrays: The arrays.
        sizes: Batch, time, features and units; None for those of the arrays.
        purpose: Whether there will be a way back.

    Raises:
        Refused: If the library is missing, or does not take such arrays.
    """

    def __init__(
        self, kind: str, arrays: Arrays, sizes: Any = None, purpose: int = FORWARD
    ) -> None:
        found = loading.library()
        if sizes is None and arrays.x is not None and arrays.recurrent is not None:
            sizes = (*arrays.x.shape, len(arrays.recurrent))
        if found is None or sizes is None or 0 in sizes:
            raise loading.Refused
        self.making = Making(found)
        self.name, *_ = KINDS[kind]
        self.given = Seen(self.making, kind, arrays, sizes)
        self.layouts = self.given.layouts()
        self.forward = self._description("forward", purpose, [self.layouts], 0)

    def backward(self, gradients: Seen) -> Any:
        """Returns the description of the way back."""
        layouts = [self.layouts, gradients.layouts()]
        return self._description("backward", BACKWARD, layouts, OVERWRITE, self.forward)

    def _description(
        self, way: str, purpose: int, layouts: list[list[Any]], flags: int, *hint: Any
    ) -> Any:
        given = [layout for group in layouts for layout in group]
        args = (purpose, FROM_FIRST_TO_LAST, *given, flags, *hint)
        made = (*args, self.making.attributes())
        return self.making.description(f"{self.name}_{way}", *made)


def workspace_bytes(
    kind: str, batch: int, time: int, features: int, units: int
) -> int | None:
    """Returns how much the forward pass leaves for the way back.

    Args:
        kind: One of `KINDS`.
        batch: Rows.
        time: Steps.
        features: Numbers of an input.
        units: Numbers of a state.

    Returns:
        Bytes; None if the library is missing or refuses.
    """
    none = Arrays(None, None, None, None, [], None, [])
    try:
        return _size(_Recurrent(kind, none, (batch, time, features, units)))
    except loading.Refused:
        return None


def bind_recurrent(
    kind: str, arrays: Arrays, workspace: np.ndarray | None = None
) -> Steps | None:
    """Returns steps that compute outputs and last states.

    Args:
        kind: One of `KINDS`.
        arrays: Contiguous arrays of float32, `x` and `recurrent` at least; `y` and
            `last` are written.
        workspace: Bytes for the way back, or None.

    Returns:
        Functions without arguments; None if the library is missing or refuses.
    """
    try:
        purpose = INFERENCE if workspace is None else FORWARD
        made = _Recurrent(kind, arrays, purpose=purpose)
        making, description = made.making, made.forward
        steps: Steps = list(made.given.fill)
        memories = made.given.memories(description, 0, steps)
        if workspace is not None:
            memories[WORKSPACE] = _workspace(made, workspace)
        kept = [*made.given.kept(), workspace]
        return [*steps, making.execution(description, memories, kept, plain=True)]
    except loading.Refused:
        return None


def bind_recurrent_gradient(
    kind: str, arrays: Arrays, gradients: Arrays, workspace: np.ndarray
) -> Steps | None:
    """Returns steps that compute the gradients.

    Args:
        kind: One of `KINDS`.
        arrays: As the forward pass left them, outputs and last states too.
        gradients: Those of `y` and `last` are read, the others written.
        workspace: What the forward pass wrote.

    Returns:
        Functions without arguments; None if the library is missing or refuses.
    """
    if not arrays.last or any(a is None for a in (arrays.y, *arrays.last)):
        return None
    try:
        made = _Recurrent(kind, arrays)
        wanted = Seen(made.making, kind, gradients, made.given.sizes)
        making, description = made.making, made.backward(wanted)
        steps: Steps = list(made.given.fill)
        after: Steps = []
        memories = made.given.memories(description, 0, steps)
        memories |= wanted.memories(description, D_SOURCE - SOURCE, after, back=True)
        memories[WORKSPACE] = _workspace(made, workspace)
        kept = [*made.given.kept(), *wanted.kept(), workspace]
        run = making.execution(description, memories, kept, plain=True)
        return [*steps, run, *after, *wanted.empty]
    except loading.Refused:
        return None


def _size(made: _Recurrent) -> int:
    query = made.making.lib.calls.dnnl_memory_desc_get_size
    query.restype = c_size_t
    return int(query(made.making.asked(made.forward, WORKSPACE)))


def _workspace(made: _Recurrent, workspace: np.ndarray) -> Any:
    if workspace.nbytes < _size(made):
        raise loading.Refused
    return made.making.memory(made.making.asked(made.forward, WORKSPACE), workspace)
