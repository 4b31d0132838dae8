"""The memory of the GPU: its limit, what is in use, and errors that say what to try."""

from collections.abc import Callable
from typing import Any, NamedTuple

from kerasish.core.errors import ArgumentError, DeviceMemoryError

__all__ = ["GIB", "Memory", "MemoryInfo"]

GIB = 2**30


class MemoryInfo(NamedTuple):
    """Bytes of a device.

    Args:
        used: What arrays take.
        held: The same, with what was freed but is kept for arrays to come.
        free: What nobody has.
        total: All there are.
        limit: What arrays may take, None for all.
    """

    used: int
    held: int
    free: int
    total: int
    limit: int | None


class Memory:
    """Hands out memory of the current device, from pools with a common limit.

    Arrays come from CuPy's own pool. A CUDA graph needs one to itself: what it uses
    must be nobody else's between two launches.

    Args:
        cupy: The library.
    """

    def __init__(self, cupy: Any) -> None:
        self._cupy = cupy
        cupy.cuda.set_allocator(self._guarded(cupy.get_default_memory_pool().malloc))

    def set_limit(self, limit: float | int | None) -> None:
        """Limits the memory of the current device.

        Args:
            limit: A fraction of the device's memory as a float up to 1, a number of
                bytes as an integer, or None for no limit.

        Raises:
            ArgumentError: If it is none of these.
        """
        bad = isinstance(limit, bool) or not isinstance(limit, int | float | None)
        if bad or limit is not None and not limit > 0:
            raise ArgumentError(_LIMIT.format(limit))
        if isinstance(limit, float) and limit > 1:
            raise ArgumentError(_LIMIT.format(limit))
        pool = self._cupy.get_default_memory_pool()
        if isinstance(limit, float):
            pool.set_limit(fraction=limit)
        else:
            pool.set_limit(size=limit or 0)

    def info(self) -> MemoryInfo:
        """Returns what is in use; what CUDA graphs hold is missing in `free` only."""
        pool = self._cupy.get_default_memory_pool()
        free, total = self._cupy.cuda.runtime.memGetInfo()
        return MemoryInfo(
            int(pool.used_bytes()),
            int(pool.total_bytes()),
            int(free),
            int(total),
            int(pool.get_limit()) or None,
        )

    def room(self) -> int:
        """Returns how many bytes more arrays could take."""
        info = self.info()
        room = info.free + info.held - info.used
        return room if info.limit is None else min(room, info.limit - info.used)

    def apart(self) -> Callable[[int], Any]:
        """Returns an allocator that hands out memory nobody else gets."""
        pool = self._cupy.cuda.MemoryPool()
        info = self.info()
        if info.limit is not None:
            pool.set_limit(size=max(info.limit - info.held, 1))
        return self._guarded(pool.malloc)

    def trim(self) -> None:
        """Gives memory back to the device that was freed but is held."""
        self._cupy.get_default_memory_pool().free_all_blocks()

    def _guarded(self, allocate: Callable[[int], Any]) -> Callable[[int], Any]:
        refused = self._cupy.cuda.memory.OutOfMemoryError

        def guarded(size: int) -> Any:
            try:
                return allocate(size)
            except refused as error:
                raise DeviceMemoryError(self._message(size)) from error

        return guarded

    def _message(self, size: int) -> str:
        info = self.info()
        limit = info.limit
        allowed = "" if limit is None else f", the limit is {limit / GIB:.2f} GiB"
        return (
            f"The GPU has no {size / GIB:.2f} GiB left: arrays use "
            f"{info.used / GIB:.2f} GiB, {info.free / GIB:.2f} of "
            f"{info.total / GIB:.2f} GiB are free{allowed}. Try a smaller "
            "`batch_size`, `keras.mixed_precision.set_dtype_policy('mixed_bfloat16')`, "
            "a higher `keras.config.set_memory_limit`, or drop models and call "
            "`keras.backend.clear_session()`."
        )


_LIMIT = (
    "The memory limit must be a fraction as a float above 0 and up to 1.0, a positive "
    "number of bytes as an integer, or None. Received: {!r}"
)
