"""Kernels as text, compiled together: all that were bound since the last time.

NVRTC takes as long to start as to compile a few kernels, and CuPy keeps what it made of
a text on the disk. So functions wait until one of them is called, or `build` is.
"""

import hashlib
import threading
from typing import Any

from kerasish.backends.cuda import device
from kerasish.backends.cuda.prelude import PRELUDE

__all__ = ["OPTIONS", "Function", "build", "function"]

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

    def __call__(self, grid: Any, block: Any, arguments: Any) -> None:
        """Launches it on the current stream."""
        if self.made is None:
            build()
        if self.error is not None:
            raise self.error
        self.made(grid, block, arguments)


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
        return _known[place]


def build() -> None:
    """Compiles every kernel of this device that is not compiled, in one module."""
    here = int(device.library().cuda.runtime.getDevice())
    with _lock:
        known = [f for (at, _), f in _known.items() if at == here]
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
