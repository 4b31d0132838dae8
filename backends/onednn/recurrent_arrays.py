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

    Args:
        x: Inputs `(batch, time, features)`.
        kernel: `(features, parts * units)`.
        recurrent: `(units, parts * units)`.
        bias: `(parts * units,)`, or `(2, parts * units)` for "gru_reset_after"; None
            for zeros, or if its gradient is not wanted.
        first: First states, each `(batch, units)`; empty for zeros, or if their
            gradients are not wanted.
        y: Outputs of all steps `(batch, time, units)`; as a gradient None for zeros.
        last: Last states, which the way back of an LSTM reads again; as gradients
            empty for zeros.
    """

    x: np.ndarray
    kernel: np.ndarray
    recurrent: np.ndarray
    bias: np.ndarray | None
    first: Sequence[np.ndarray]
    y: np.ndarray | None
    last: Sequence[np.ndarray]


class Seen:
    """Arrays, with those that are not given made, in the shapes of the library.

    Args:
        making: What makes their layouts and memory.
        kind: One of `KINDS`.
        arrays: The arrays.

    Raises:
        Refused: If one is not contiguous, of float32 and of at least one element.
    """

    def __init__(self, making: Making, kind: str, arrays: Arrays) -> None:
        self.making, self.kind = making, kind
        _, self.parts, self.states = KINDS[kind]
        self.units = units = arrays.recurrent.shape[0]
        batch, time, features = arrays.x.shape
        row = (batch, units)
        self.fill: Steps = []
        self.empty: Steps = []
        y = np.zeros((batch, time, units), "float32") if arrays.y is None else arrays.y
        self.x, self.y = (_checked(a).transpose(1, 0, 2) for a in (arrays.x, y))
        self.kernel = self._split(arrays.kernel, features)
        self.recurrent = self._split(arrays.recurrent, units)
        self.bias = self._joined(arrays.bias)
        self.first, self.last = (
            [_checked(s).reshape(1, 1, *row) for s in given or self._zeros(row)]
            for given in (arrays.first, arrays.last)
        )

    def _zeros(self, row: tuple[int, int]) -> list[np.ndarray]:
        return [np.zeros(row, "float32") for _ in range(self.states)]

    def _split(self, kernel: np.ndarray, rows: int) -> np.ndarray:
        shape = (1, 1, rows, self.parts, self.units)
        return _checked(kernel).reshape(shape)

    def _joined(self, bias: np.ndarray | None) -> np.ndarray:
        """Returns a bias for each gate; `reset_after` has two for its candidate."""
        parts, units = self.parts, self.units
        if self.kind != "gru_reset_after":
            made = np.zeros(parts * units, "float32") if bias is None else bias
            return _checked(made).reshape(1, 1, parts, units)
        made = np.zeros((4, units), "float32")
        if bias is not None:
            outer, inner = _checked(bias).reshape(2, 3, units)
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


def _checked(array: np.ndarray) -> np.ndarray:
    if array.dtype != np.float32 or not array.flags.c_contiguous or not array.size:
        raise loading.Refused
    return array
