"""Arrays of recurrent layers as oneDNN sees them.

Keras' kernels lie as the library wants them, gates in the same order.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from kerasish.backends.onednn import loading
from kerasish.backends.onednn.making import BIAS, DESTINATION, SOURCE, WEIGHTS, Making

__all__ = ["KINDS", "Arrays", "Seen"]

Steps = list[Callable[[], Any]]
# Name -> the library's name, parts of the kernels, states.
KINDS = {
    "lstm": ("lstm", 4, 2),
    "gru": ("gru", 3, 1),
    "gru_reset_after": ("lbr_gru", 3, 1),
}


class Arrays(NamedTuple):
    """What a recurrent layer computes with, or the gradients with respect to it.

    What is read and not there is zero; what would be written and is not there is not
    wanted.

    Args:
        x: Inputs `(batch, time, features)`.
        kernel: `(features, parts * units)`.
        recurrent: `(units, parts * units)`.
        bias: `(parts * units,)`, or `(2, parts * units)` for "gru_reset_after".
        first: First states, each `(batch, units)`; empty if none is there.
        y: Outputs of all steps `(batch, time, units)`.
        last: Last states; empty if none is there.
    """

    x: np.ndarray | None
    kernel: np.ndarray | None
    recurrent: np.ndarray | None
    bias: np.ndarray | None
    first: Sequence[np.ndarray | None]
    y: np.ndarray | None
    last: Sequence[np.ndarray | None]


class Seen:
    """Arrays, with those that are not there made, in the shapes of the library.

    Args:
        making: What makes their layouts and memory.
        kind: One of `KINDS`.
        arrays: The arrays.
        sizes: Batch, time, features and units.

    Raises:
        Refused: If one is not contiguous, of float32 and of the right shape.
    """

    def __init__(
        self, making: Making, kind: str, arrays: Arrays, sizes: tuple[int, ...]
    ) -> None:
        self.making, self.kind, self.sizes = making, kind, sizes
        _, parts, states = KINDS[kind]
        batch, time, features, units = sizes
        self.fill: Steps = []
        self.empty: Steps = []
        x = _there(arrays.x, (batch, time, features))
        y = _there(arrays.y, (batch, time, units))
        self.x, self.y = x.transpose(1, 0, 2), y.transpose(1, 0, 2)
        self.kernel, self.recurrent = (
            _there(w, (rows, parts * units)).reshape(1, 1, rows, parts, units)
            for w, rows in ((arrays.kernel, features), (arrays.recurrent, units))
        )
        self.bias = self._joined(arrays.bias, parts, units)
        self.first, self.last = (
            [_there(s, (batch, units)).reshape(1, 1, batch, units) for s in given]
            for given in (
                arrays.first or [None] * states,
                arrays.last or [None] * states,
            )
        )

    def _joined(self, bias: np.ndarray | None, parts: int, units: int) -> np.ndarray:
        """Returns a bias for each gate; `reset_after` has two for its candidate."""
        if self.kind != "gru_reset_after":
            return _there(bias, (parts * units,)).reshape(1, 1, parts, units)
        made = np.zeros((4, units), "float32")
        if bias is not None:
            outer, inner = _there(bias, (2, 3 * units)).reshape(2, 3, units)
            new = (made[:2], made[2], made[3])
            self.fill = [
                partial(np.add, outer[:2], inner[:2], new[0]),
                partial(np.copyto, new[1], outer[2]),
                partial(np.copyto, new[2], inner[2]),
            ]
            self.empty = [
                partial(np.copyto, outer[:2], new[0]),
                partial(np.copyto, inner[:2], new[0]),
                partial(np.copyto, outer[2], new[1]),
                partial(np.copyto, inner[2], new[2]),
            ]
        return made.reshape(1, 1, 4, units)

    def layouts(self) -> list[Any]:
        """Returns the layouts in the order of the library's arguments."""
        making, optional = self.making, [None] * 2
        first, last = (
            [making.layout(s) for s in states] for states in (self.first, self.last)
        )
        return [
            making.layout(self.x),
            *first,
            making.any_layout(self.kernel),
            making.any_layout(self.recurrent),
            *(optional if self.kind == "lstm" else []),
            making.layout(self.bias),
            making.layout(self.y),
            *last,
        ]

    def memories(
        self, description: Any, offset: int, steps: Steps, back: bool = False
    ) -> dict[int, Any]:
        """Returns the memories of the arguments.

        Args:
            description: Of the primitive that will run.
            offset: Added to the numbers of the arguments: 0, or 128 for gradients.
            steps: Where copies of kernels are added.
            back: Whether these copy from the library's memory.
        """
        making = self.making
        plain = {SOURCE: self.x, DESTINATION: self.y, BIAS: self.bias}
        plain |= {SOURCE + 1 + i: s for i, s in enumerate(self.first)}
        plain |= {DESTINATION + 1 + i: s for i, s in enumerate(self.last)}
        made = {
            k + offset: making.memory(making.layout(a), a) for k, a in plain.items()
        }
        for k, a in ((WEIGHTS, self.kernel), (WEIGHTS + 1, self.recurrent)):
            place = k + offset
            made[place] = making.ordered(description, place, a, steps, back)
        return made

    def kept(self) -> list[np.ndarray]:
        """Returns the arrays, which must stay alive."""
        states = (*self.first, *self.last)
        return [self.x, self.y, self.kernel, self.recurrent, self.bias, *states]


def _there(array: np.ndarray | None, shape: tuple[int, ...]) -> np.ndarray:
    """Returns an array that the library takes, zeros if there is none."""
    if array is None:
        return np.zeros(shape, "float32")
    fits = array.shape == shape and array.dtype == np.float32
    if not fits or not array.flags.c_contiguous:
        raise loading.Refused
    return array
