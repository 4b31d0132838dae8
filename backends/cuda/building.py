"""A chain written down call by call, with the arrays that it is bound to."""

from typing import Any

from kerasish.backends.base.backend import Array
from kerasish.backends.base.chain import Call, Chain, Slot
from kerasish.backends.cuda import device
from kerasish.backends.cuda.chain import lower_chain

__all__ = ["Building"]


class Building:
    """Makes a chain; values are numbers of slots."""

    def __init__(self) -> None:
        self._slots: list[Slot] = []
        self._calls: list[Call] = []
        self._given: dict[int, Array] = {}

    def array(self, x: Array) -> int:
        """Returns the value of an array."""
        made = self._slot(Slot(x.shape, x.dtype.name))
        self._given[made] = x
        return made

    def number(self, value: float, dtype: str) -> int:
        """Returns the value of a number."""
        return self._slot(Slot((), dtype, value))

    def call(
        self,
        name: str,
        *inputs: int,
        shape: tuple[int, ...] | None = None,
        dtype: str = "",
        **static: Any,
    ) -> int:
        """Returns the value of a call; by default of its last operand's kind.

        Args:
            name: The primitive's name.
            *inputs: Its operands.
            shape: The result's shape.
            dtype: The result's dtype.
            **static: Other arguments.
        """
        last = self._slots[inputs[-1]]
        slot = Slot(last.shape if shape is None else shape, dtype or last.dtype)
        made = self._slot(slot)
        self._calls.append(Call(name, inputs, made, tuple(sorted(static.items()))))
        return made

    def shape(self, x: int) -> tuple[int, ...]:
        """Returns the shape of a value."""
        return self._slots[x].shape

    def row(self, name: str, x: int) -> int:
        """Returns a reduction of the last axis, which it keeps."""
        shape = self._slots[x].shape
        axis = (len(shape) - 1,)
        return self.call(name, x, shape=(*shape[:-1], 1), axis=axis, keepdims=True)

    def step(self, outputs: dict[int, Array]) -> device.Step | None:
        """Returns a step that computes some values into arrays, or None."""
        slots, calls = tuple(self._slots), tuple(self._calls)
        chain = Chain(slots, tuple(self._given), calls, tuple(outputs))
        return lower_chain(chain, [*self._given.values()], [*outputs.values()])

    def _slot(self, slot: Slot) -> int:
        self._slots.append(slot)
        return len(self._slots) - 1
