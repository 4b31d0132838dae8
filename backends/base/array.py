"""What every family of kernels stands on: the namespace, dtypes, moving arrays."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import wraps
from typing import Any, TypeVar, cast

import numpy as np

from kerasish.core.dtypes import is_complex_dtype, is_float_dtype, standardize_dtype
from kerasish.core.errors import ArgumentError, BackendError, DtypeError

__all__ = ["Array", "ArrayKernels", "in_float32"]

Array = Any
Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def in_float32(kernel: Kernel) -> Kernel:
    """Lets a kernel of one operand compute half precision in float32.

    Where several roundings would add up, and where numbers mix with arrays: bfloat16
    does not know Python's numbers.
    """

    @wraps(kernel)
    def wide(self: Any, x: Array) -> Array:
        name = self.dtype_name(x)
        if name in ("float16", "bfloat16"):
            return self.cast(kernel(self, self.cast(x, "float32")), name)
        return kernel(self, x)

    return cast(Kernel, wide)


class ArrayKernels:
    """The array namespace `xp`, and the way in and out of it.

    `xp` is a namespace of the Python array API standard (2024.12), and kernels in
    `base` use nothing that the standard does not have.
    """

    name = "abstract"
    xp: Any = None
    # Whether kernels still run when Python goes on, so that reading a number waits.
    is_asynchronous = False
    memory: Any = None  # of a device that has its own: with `set_limit` and `info`

    def dtype(self, name: str) -> Any:
        """Returns the namespace's dtype object of a dtype name."""
        if name == "bfloat16":
            return _bfloat16()
        if name == "bool":
            return self.xp.bool
        try:
            return getattr(self.xp, name)
        except AttributeError as error:
            raise DtypeError(f"Backend {self.name!r} has no dtype {name!r}.") from error

    def dtype_name(self, x: Array) -> str:
        """Returns the dtype name of an array."""
        return standardize_dtype(x.dtype)

    def is_float(self, x: Array) -> bool:
        """Returns whether an array holds floating-point numbers, complex ones too."""
        return is_float_dtype(x.dtype) or is_complex_dtype(x.dtype)

    def range_of(self, dtype: str) -> tuple[Any, Any]:
        """Returns the least and the largest number that a dtype holds."""
        if dtype == "bfloat16":  # unknown to the namespaces
            largest = (2.0 - 2.0**-7) * 2.0**127
            return -largest, largest
        if is_float_dtype(dtype):
            info = self.xp.finfo(self.dtype(dtype))
            return float(info.min), float(info.max)
        info = self.xp.iinfo(self.dtype(dtype))
        return int(info.min), int(info.max)

    def is_signed(self, x: Array) -> bool:
        """Returns whether an array holds signed integers."""
        return self.dtype_name(x).startswith("int")

    @property
    def device_count(self) -> int:
        """How many devices this machine has for the backend."""
        return 1

    def is_array(self, x: object) -> bool:
        """Returns whether `x` is an array of this backend."""
        return isinstance(x, type(self.xp.empty(0)))

    def asarray(self, x: Any, dtype: str | None = None, copy: bool = False) -> Array:
        """Makes an array of this backend from host data, in `dtype` if given."""
        if self.is_array(x):
            if dtype is not None:
                x = self.cast(x, dtype)
            return self.xp.asarray(x, copy=True) if copy else x
        return self.from_numpy(np.asarray(x, self._host_dtype(dtype)))

    def from_numpy(self, x: np.ndarray) -> Array:
        """Copies a NumPy array to this backend."""
        return self.xp.asarray(x.copy())

    def to_numpy(self, x: Array) -> np.ndarray:
        """Copies an array of this backend to the host."""
        return np.asarray(x)

    def fetch(self, x: Array) -> Callable[[], np.ndarray]:
        """Begins to copy an array to the host; returns what waits for the copy."""
        host = np.array(self.to_numpy(x))
        return lambda: host

    def write(self, to: Array, x: Any) -> None:
        """Copies an array of the host or of this backend into memory that is there."""
        to[...] = x

    def resident(
        self, arrays: Sequence[np.ndarray], dtypes: Sequence[str | None]
    ) -> list[Array] | None:
        """Returns arrays of the host on a device that has its own memory.

        Args:
            arrays: A data set, which batches will be taken from.
            dtypes: What each is converted to, None for its own dtype.

        Returns:
            Arrays of this backend; None where they do not fit, or gain nothing.
        """
        return None

    def arange(self, start: Any, stop: Any, step: Any, dtype: str) -> Array:
        """Returns the numbers from `start` to below `stop`, `step` apart."""
        return self.cast(self.xp.arange(start, stop, step), dtype)

    def cast(self, x: Array, dtype: str) -> Array:
        """Converts an array to another dtype; the same array where it has it."""
        if is_complex_dtype(x.dtype) and not is_complex_dtype(dtype):
            x = self.xp.real(x)
        return self.xp.astype(x, self.dtype(dtype), copy=False)

    def trim(self) -> None:
        """Gives memory back that was freed but is held for arrays to come."""

    def synchronize(self) -> None:
        """Waits until the device has finished; a CPU always has."""

    def on_device(self, index: int) -> AbstractContextManager[Any]:
        """Returns the context in which one of several devices is used."""
        if index:
            raise ArgumentError(
                f"Backend {self.name!r} has one device. Received: number {index}"
            )
        return nullcontext()

    @staticmethod
    def _host_dtype(dtype: str | None) -> Any:
        if dtype is None:
            return None
        return _bfloat16() if dtype == "bfloat16" else np.dtype(dtype)


def _bfloat16() -> Any:
    try:
        import ml_dtypes
    except ImportError as error:
        raise BackendError(
            "dtype 'bfloat16' needs the package ml_dtypes: "
            "pip install kerasish[bfloat16]"
        ) from error
    return np.dtype(ml_dtypes.bfloat16)
