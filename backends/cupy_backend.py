"""CuPy on an NVIDIA GPU: the base kernels over `cupy`."""

from typing import Any

import numpy as np

from kerasish.backends.base.backend import Array, Backend
from kerasish.core.errors import BackendError

__all__ = ["CupyBackend"]


class CupyBackend(Backend):
    """Selects CuPy as the array namespace; needs the extra `cuda12` or `cuda13`.

    Raises:
        BackendError: If CuPy is not installed, or there is no GPU.
    """

    name = "cupy"

    def __init__(self) -> None:
        self.xp: Any = _import_cupy()

    def is_array(self, x: object) -> bool:
        """Returns whether `x` is a CuPy array."""
        return isinstance(x, self.xp.ndarray)

    def cast(self, x: Array, dtype: str) -> Array:
        """Converts an array to another dtype; the same array where it has it."""
        if x.dtype.kind == "c" and not dtype.startswith("complex"):
            x = x.real
        return x.astype(self.dtype(dtype), copy=False)

    def from_numpy(self, x: np.ndarray) -> Array:
        """Copies a NumPy array to the GPU."""
        return self.xp.asarray(x)

    def to_numpy(self, x: Array) -> np.ndarray:
        """Copies an array to the host, which waits for the GPU."""
        return np.asarray(self.xp.asnumpy(x))

    def synchronize(self) -> None:
        """Waits until the current stream has finished."""
        self.xp.cuda.get_current_stream().synchronize()


def _import_cupy() -> Any:
    try:
        import cupy
    except ImportError as error:
        raise BackendError(
            "Backend 'cupy' needs CuPy: pip install kerasish[cuda13] (or [cuda12])."
        ) from error
    try:
        cupy.cuda.runtime.getDeviceCount()
    except cupy.cuda.runtime.CUDARuntimeError as error:
        raise BackendError(f"Backend 'cupy' found no usable GPU: {error}.") from error
    return cupy
