"""NumPy on the CPU: the base kernels, some of them faster, floating warnings off."""

import ctypes
import inspect
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from kerasish.backends.base.backend import Array, Backend
from kerasish.backends.base.chain import Chain
from kerasish.backends.llvm import chain as chains
from kerasish.backends.numpy_chain import lower_chain
from kerasish.backends.numpy_description import describe
from kerasish.backends.numpy_images import NumpyImages
from kerasish.backends.numpy_indexing import NumpyIndexing
from kerasish.backends.numpy_lowering import ALIASING, lower
from kerasish.backends.numpy_randomness import NumpyRandomness
from kerasish.backends.numpy_special import NumpySpecial
from kerasish.backends.numpy_threads import Running
from kerasish.backends.onednn import loading
from kerasish.backends.onednn.making import ACTIVATIONS

__all__ = ["NumpyBackend"]


def _without_warnings(cls: type[Backend]) -> type[Backend]:
    """Lets every kernel of a class divide by zero and overflow in silence.

    Results hold `inf` and `nan` there, on every backend alike; only NumPy would warn.
    """
    for name, kernel in inspect.getmembers(cls, inspect.isfunction):
        static = isinstance(inspect.getattr_static(cls, name), staticmethod)
        if not name.startswith("_") and not static and name != "write":  # a copy
            setattr(cls, name, np.errstate(all="ignore")(kernel))
    return cls


@cache
def _malloc_trim() -> Any:
    """Returns the function of the C library, None where it has none."""
    try:
        return getattr(ctypes.CDLL(None), "malloc_trim", None)
    except (OSError, TypeError):
        return None


@_without_warnings
class NumpyBackend(NumpyRandomness, NumpyIndexing, NumpyImages, NumpySpecial, Backend):
    """The default backend."""

    name = "numpy"
    xp: Any = np
    aliasing = frozenset(ALIASING)

    def description(self) -> dict[str, str]:
        """Returns the libraries that compute, and how to get those that are missing."""
        return describe()

    def is_array(self, x: object) -> bool:
        """Returns whether `x` is a NumPy array or array scalar."""
        return isinstance(x, np.ndarray | np.generic)

    def aligned(self, size: int, dtype: str) -> Array:
        """Returns zeros in one flat block of memory that starts a cache line."""
        kind = np.dtype(self.dtype(dtype))
        raw = np.zeros(size * kind.itemsize + 64, np.uint8)
        start = -raw.ctypes.data % 64
        return raw[start : start + size * kind.itemsize].view(kind)

    def trim(self) -> None:
        """Gives memory back that was freed but is held for arrays to come.

        Large blocks come from the heap once some were freed, and stay there.
        """
        trim = _malloc_trim()
        if trim is not None:
            trim(0)

    @property
    def epilogues(self) -> frozenset[str] | None:
        """Primitives that a product of matrices may end with, in one kernel."""
        return frozenset(ACTIVATIONS) if loading.library() else None

    def lower(
        self, name: str, static: dict[str, Any], inputs: list[Array], outputs: list[Any]
    ) -> Callable[[], Any] | None:
        """Returns a function without arguments that computes a primitive, or None."""
        return lower(name, static, inputs, outputs)

    def lower_chain(
        self, chain: Chain, inputs: list[Array], outputs: list[Array]
    ) -> Callable[[], Any]:
        """Returns a function without arguments that computes a chain."""
        return lower_chain(chain, inputs, outputs)

    @property
    def can_compile(self) -> bool:
        """Whether `compile_chain` can make kernels here."""
        return chains.has_llvm()

    def compiles(self, name: str, static: Any, dtypes: Any, shapes: Any) -> bool:
        """Returns whether a compiled kernel may hold a primitive."""
        return self.can_compile and chains.supports(name, static, dtypes, shapes)

    def compile_chain(self, chain: Chain) -> Any:
        """Returns a kernel with `bind(inputs, outputs)`, or None where none fits."""
        return chains.compile_chain(chain) if self.can_compile else None

    def record(
        self, steps: list[Callable[[], Any]], names: list[str]
    ) -> list[Callable[[], Any]]:
        """Returns what to call in place of a plan's steps: some on several threads."""
        return chains.share_steps(steps)

    def running(self, threads: int | None = None, warns: bool = True) -> Running:
        """Returns the context that a plan's steps run in: no floating warnings."""
        return Running(threads, warns)

    def cast(self, x: Array, dtype: str) -> Array:
        """Converts an array to another dtype; the same array where it has it."""
        x = np.asarray(x)
        if x.dtype.kind == "c" and not dtype.startswith("complex"):
            x = x.real
        return x.astype(self.dtype(dtype), copy=False)

    def from_numpy(self, x: np.ndarray) -> Array:
        """Copies a NumPy array."""
        return x.copy()

    def to_numpy(self, x: Array) -> np.ndarray:
        """Returns the array itself."""
        return np.asarray(x)
