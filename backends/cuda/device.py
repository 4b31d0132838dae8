"""The device as the kernels see it: CuPy, memory made when a step is bound, streams.

CuPy is imported here and nowhere else in this package, when it is first needed.
"""

import threading
from collections.abc import MutableMapping
from functools import cache
from importlib import import_module
from typing import Any
from weakref import WeakKeyDictionary

from kerasish.backends.base.backend import Array

__all__ = [
    "Step",
    "Turn",
    "copying",
    "empty",
    "in_turn",
    "library",
    "stream",
    "workspace",
]

Step = Any  # a function without arguments that launches work
WORKSPACE = 32 << 20  # bytes: NVIDIA's figure for products on Hopper

# By thread: what two of them run may not be in order, as on streams of their own.
_workspaces: MutableMapping[threading.Thread, dict[Any, Array]] = WeakKeyDictionary()


@cache
def library() -> Any:
    """Returns CuPy."""
    return import_module("cupy")


def empty(shape: Any, dtype: Any) -> Array:
    """Returns memory from the allocator that is current when a step is bound."""
    return library().empty(shape, dtype=dtype)


def stream() -> int:
    """Returns the address of the current stream, to which steps launch."""
    return int(library().cuda.get_current_stream().ptr)


def workspace(size: int = WORKSPACE, number: int = 0) -> Array:
    """Returns scratch memory that all steps of the calling thread share.

    They run one after the other, and in this thread, as plans belong to threads.

    Args:
        size: The bytes that are needed; a step keeps what it was given.
        number: Which of several; that of libraries is the first.
    """
    own = _workspaces.setdefault(threading.current_thread(), {})
    place = int(library().cuda.runtime.getDevice()), number
    held = own.get(place)
    if held is None or held.size < size:
        own[place] = held = empty((max(size, WORKSPACE),), "uint8")
    return held


def copying(to: Array, source: Array) -> Step:
    """Returns a step that copies elements, whatever their dtypes and strides."""

    def step() -> None:
        to[...] = source

    return step


class Turn:
    """One step of several.

    Args:
        steps: In their order.
    """

    def __init__(self, steps: tuple[Step, ...]) -> None:
        self.steps = steps

    def __call__(self) -> None:
        """Runs them."""
        for step in self.steps:
            step()


def in_turn(*steps: Step) -> Step:
    """Returns one step of several."""
    return steps[0] if len(steps) == 1 else Turn(steps)
