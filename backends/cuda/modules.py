"""Kernels as text, compiled together: all that were bound since the last time.

NVRTC takes as long to start as to compile a few kernels, and CuPy keeps what it made of
a text on the disk. So functions wait until one of them is called, or `build` is.
"""

import hashlib
import threading
from typing import Any

from kerasish.backends.base.backend import Array
from kerasish.backends.cuda import device
from kerasish.backends.cuda.prelude import PRELUDE

__all__ = ["OPTIONS", "Function", "Launching", "build", "function"]

# A sum of a product must be the same number wherever it is computed again.
OPTIONS = ("-std=c++17", "--fmad=false")
NAME = "KERNEL"  # stands for the name in a kernel's text

_known: dict[tuple[int, str], "Function"] = {}
_lock = threading.RLock()


class Function:
    """A kernel that is compiled when it is first launched, or before.

    Args:
        name: Its name in the module.
        text: Its source.
    """

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.made: Any = None
        self.error: Exception | None = None  # why it could not be compiled
        self.is_wanted = True  # by `build`, though it was not called yet

    def __call__(self, grid: Any, block: Any, arguments: Any) -> None:
        """Launches it on the current stream."""
        if self.made is None:
            self.is_wanted = True
            build()
        if self.error is not None:
            raise self.error
        self.made(grid, block, arguments)


class Launching:
    """A step that launches a kernel.

    Args:
        function: The kernel.
        grid: Blocks along two axes.
        block: Threads along two axes.
        arguments: The arrays that it is given pointers to.
    """

    def __init__(
        self,
        function: Function,
        grid: tuple[int, int],
        block: tuple[int, int],
        arguments: tuple[Array, ...],
    ) -> None:
        self.function, self.arguments = function, arguments
        self.grid, self.block = grid, block

    def __call__(self) -> None:
        """Launches it on the current stream."""
        self.function(self.grid, self.block, self.arguments)


def function(text: str) -> Function:
    """Returns the kernel of a text, the same one for the same text.

    Args:
        text: Source of one function for all of the grid, called `KERNEL`.
    """
    name = "k" + hashlib.sha256(text.encode()).hexdigest()[:16]
    place = int(device.library().cuda.runtime.getDevice()), name
    with _lock:
        if place not in _known:
            _known[place] = Function(name, text.replace(NAME, name))
        _known[place].is_wanted = True
        return _known[place]


def build() -> None:
    """Compiles the kernels of this device that are wanted, in one module."""
    here = int(device.library().cuda.runtime.getDevice())
    with _lock:
        known = [f for (at, _), f in _known.items() if at == here and f.is_wanted]
        _compile([f for f in known if f.made is None and f.error is None])


def _compile(functions: list[Function]) -> None:
    """Compiles kernels as one module; one by one where that fails.

    So a kernel that the compiler refuses takes no others along.
    """
    if not functions:
        return
    text = "\n".join([PRELUDE, *(f.text for f in functions)])
    try:
        module = device.library().RawModule(code=text, options=OPTIONS)
        made = [module.get_function(f.name) for f in functions]
    except Exception as error:
        if len(functions) == 1:
            functions[0].error = error
        else:
            for each in functions:
                _compile([each])
        return
    for each, kernel in zip(functions, made, strict=True):
        each.made = kernel
