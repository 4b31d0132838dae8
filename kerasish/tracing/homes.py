"""Homes: the memory that plans keep variables in and change in place.

A variable that a plan assigns moves into a `Home`, a part of a buffer whose address
the plan knows. Whoever reads the variable outside gets a copy, made once for each
change, so that tensors stay what they were; whoever assigns it writes into the home,
so that the plan sees it at its next step.
"""

from collections.abc import Iterable
from math import prod
from typing import Any

from kerasish.autodiff import Tensor, Variable
from kerasish.backends.base.backend import Array, Backend
from kerasish.core.revision import revise

__all__ = ["Home", "Store", "offsets", "settle"]

ALIGNMENT = 64  # elements: whole cache lines for every dtype


class Store:
    """A buffer of homes, with a count of its changes.

    Args:
        buffer: A flat array.
    """

    __slots__ = ("buffer", "version")

    def __init__(self, buffer: Array) -> None:
        self.buffer = buffer
        self.version = 0


class Home:
    """The place of one variable.

    Args:
        store: The buffer.
        start: The place's first element.
        shape: The variable's shape.
    """

    __slots__ = ("_copy", "array", "start", "store")

    def __init__(self, store: Store, start: int, shape: tuple[int, ...]) -> None:
        self.store = store
        self.start = start
        self.array = store.buffer[start : start + prod(shape)].reshape(shape)
        self._copy: tuple[int, Tensor] | None = None  # and the version it is of

    def read(self) -> Tensor:
        """Returns the value as a tensor that never changes."""
        copy, version = self._copy, self.store.version
        if copy is None or copy[0] != version:
            copy = self._copy = version, Tensor(self.array.copy())
        return copy[1]

    def write(self, array: Array) -> None:
        """Takes a new value."""
        self.array[...] = array
        self.store.version += 1


def settle(row: list[Variable], backend: Backend) -> Store:
    """Gives variables of one dtype homes side by side, unless they have them.

    Args:
        row: The variables, in order.
        backend: Whose arrays the homes are.

    Returns:
        The buffer that they share.
    """
    starts, size = offsets(row)
    homes: list[Home | None] = [v._home for v in row]
    store = homes[0].store if homes[0] is not None else None
    if len(row) == 1 and store is not None:
        return store  # in a row that another plan needs, perhaps
    if (
        store is None
        or store.buffer.size != size
        or [home and home.store for home in homes] != [store] * len(row)
        or [home and home.start for home in homes] != starts
    ):
        store = Store(backend.aligned(size, row[0]._dtype))
        for v, start in zip(row, starts, strict=True):
            _move(v, Home(store, start, v.shape))
        revise()  # plans bound to the old places must be bound again
    return store


def _move(v: Variable, home: Home) -> None:
    """Gives a variable a home while other threads read it, and perhaps assign it."""
    held, before = v._held, v._home
    home.array[...] = held._array if before is None else before.array
    v._home = home
    # Who assigns looks afterwards whether the home is still the one written to.
    if before is None and v._held is not held:
        home.write(v._held._array)
    v._held = Tensor(home.array)  # for its shape; frees the old memory


def offsets(row: Iterable[Any]) -> tuple[list[int], int]:
    """Returns where each of a row starts in its buffer, and the buffer's size.

    Rows of the same shapes and dtype have the same gaps, so that one loop may run over
    several of them side by side.

    Args:
        row: Variables or values of one dtype, in order.

    Returns:
        Offsets and size, in elements.
    """
    starts, at = [], 0
    for x in row:
        starts.append(at)
        at += -(-x.size // ALIGNMENT) * ALIGNMENT
    return starts, max(at, 1)
