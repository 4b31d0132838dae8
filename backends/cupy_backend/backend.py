"""The backend class: CuPy's kernels, memory and streams, as the base asks for them."""

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from importlib import import_module
from typing import Any

import numpy as np

from kerasish.backends.base.backend import Array, Backend
from kerasish.backends.cupy_backend.constants import Constants
from kerasish.backends.cupy_backend.description import describe
from kerasish.backends.cupy_backend.guards import Guards
from kerasish.backends.cupy_backend.indexing import CupyIndexing
from kerasish.backends.cupy_backend.linalg import CupyLinalg
from kerasish.backends.cupy_backend.memory import Memory
from kerasish.backends.cupy_backend.namespace import Namespace
from kerasish.backends.cupy_backend.randomness import CupyRandomness
from kerasish.backends.cupy_backend.recurrent import CupyRecurrent
from kerasish.backends.cupy_backend.staging import Staging, fetching
from kerasish.core.errors import ArgumentError, BackendError
from kerasish.core.revision import surroundings

__all__ = ["CupyBackend"]

SHARE = 0.4  # of the memory that is left, which data sets may take


class CupyBackend(CupyRecurrent, CupyRandomness, CupyIndexing, CupyLinalg, Backend):
    """Selects CuPy as the array namespace; needs the extra `cuda12` or `cuda13`.

    Raises:
        BackendError: If CuPy is not installed, or there is no GPU.
    """

    name = "cupy"
    is_asynchronous = True

    def __init__(self) -> None:
        self._cupy = cupy = _import_cupy()
        cupyx = import_module("cupyx")
        self.xp: Any = Namespace(cupy, lambda: cupyx.errstate(linalg="raise"))
        self.memory = Memory(cupy)
        self._pinned = cupyx.empty_pinned
        self._guards = Guards(cupy, self._pinned)
        self._thread = threading.local()
        surroundings.append(cupy.cuda.runtime.getDevice)  # plans belong to a device

    @property
    def device_count(self) -> int:
        """How many GPUs this machine has."""
        count: int = self._cupy.cuda.runtime.getDeviceCount()
        return count

    def description(self) -> dict[str, str]:
        """Returns the GPU and its libraries, in words."""
        return describe(self._cupy, self.memory)

    def is_array(self, x: object) -> bool:
        """Returns whether `x` is a CuPy array."""
        return isinstance(x, self._cupy.ndarray)

    def cast(self, x: Array, dtype: str) -> Array:
        """Converts an array to another dtype; the same array where it has it."""
        if x.dtype.kind == "c" and not dtype.startswith("complex"):
            x = x.real
        return x.astype(self.dtype(dtype), copy=False)

    def from_numpy(self, x: np.ndarray) -> Array:
        """Copies a NumPy array to the GPU."""
        return Constants.uploaded(x, self._cupy.asarray)

    def to_numpy(self, x: Array) -> np.ndarray:
        """Copies an array to the host, which waits for the GPU."""
        host = np.asarray(self._cupy.asnumpy(x))
        self._guards.look()
        return host

    def fetch(self, x: Array) -> Callable[[], np.ndarray]:
        """Begins to copy an array to the host; returns what waits for the copy."""
        read, noted = fetching(self._cupy, self._pinned, x), self._guards.fetch()

        def arrived() -> np.ndarray:
            host = read()
            noted()
            return host

        return arrived

    def write(self, to: Array, x: Any) -> None:
        """Copies an array of the host or of the GPU into memory that is there."""
        if self.is_array(x):
            to[...] = x
        else:
            self._staging().copy(to, x)

    def resident(
        self, arrays: Sequence[np.ndarray], dtypes: Sequence[str | None]
    ) -> list[Array] | None:
        """Returns arrays of the host on the GPU, or None where they do not fit."""
        kinds = [
            x.dtype if name is None else np.dtype(self.dtype(name))
            for x, name in zip(arrays, dtypes, strict=True)
        ]
        rows = zip(arrays, kinds, strict=True)
        if sum(x.size * kind.itemsize for x, kind in rows) > SHARE * self.memory.room():
            return None
        rows = zip(arrays, kinds, strict=True)
        made = [self._cupy.empty(x.shape, dtype=kind) for x, kind in rows]
        for to, x in zip(made, arrays, strict=True):
            self._staging().copy(to, x)
        return made

    def synchronize(self) -> None:
        """Waits until the current stream has finished."""
        self._cupy.cuda.get_current_stream().synchronize()

    def trim(self) -> None:
        """Gives memory back that was freed but is held for arrays to come."""
        self.memory.trim()

    def on_device(self, index: int) -> AbstractContextManager[Any]:
        """Returns the context in which a device of this backend is used."""
        count = self.device_count
        if index >= count:
            raise ArgumentError(
                f"There is no device 'gpu:{index}'. This machine has {count}: "
                f"{', '.join(f'gpu:{i}' for i in range(count))}."
            )
        found: AbstractContextManager[Any] = self._cupy.cuda.Device(index)
        return found

    def _staging(self) -> Staging:
        """Returns the buffers of this thread and device."""
        held = self._thread.__dict__
        device = self._cupy.cuda.runtime.getDevice()
        if device not in held:
            held[device] = Staging(self._cupy, self._pinned)
        made: Staging = held[device]
        return made


def _import_cupy() -> Any:
    try:
        cupy = import_module("cupy")
    except ImportError as error:
        raise BackendError(
            "Backend 'cupy' needs CuPy: pip install kerasish[cuda13] (or [cuda12])."
        ) from error
    try:
        count = cupy.cuda.runtime.getDeviceCount()
    except cupy.cuda.runtime.CUDARuntimeError as error:
        raise BackendError(f"Backend 'cupy' found no usable GPU: {error}.") from error
    if not count:
        raise BackendError("Backend 'cupy' found no usable GPU: there are 0.")
    return cupy
