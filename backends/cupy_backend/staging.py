"""Staging: host arrays on their way to the GPU and back, while it computes.

A copy from ordinary memory waits for all work before it. So arrays go through pinned
buffers, several in turn: the host fills one, a stream of its own copies it over, and
the stream that computes takes it from there when it gets so far. What comes back is
copied to pinned memory in its turn, and waited for when somebody reads it.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from kerasish.backends.base.array import Array

__all__ = ["Staging", "fetching"]

SLOTS = 8  # two batches of up to four arrays on their way
CHUNK = 16 << 20  # bytes that are copied at once


class Staging:
    """A ring of buffers of one thread and device.

    Args:
        cupy: The library.
        pinned: Makes a pinned NumPy array of a shape and dtype.
    """

    def __init__(self, cupy: Any, pinned: Any) -> None:
        self._cupy = cupy
        self._pinned = pinned
        self._stream = cupy.cuda.Stream(non_blocking=True)
        self._slots: list[_Slot | None] = [None] * SLOTS
        self._next = 0

    def copy(self, to: Array, x: np.ndarray) -> None:
        """Copies a host array into an array on the device, in the order of its stream.

        Args:
            to: An array without gaps.
            x: An array of its shape; its elements are cast.
        """
        if to.nbytes <= CHUNK:
            self._copy(to, x)
            return
        rows = max(1, CHUNK * len(to) // to.nbytes)
        for start in range(0, len(to), rows):
            self._copy(to[start : start + rows], x[start : start + rows])

    def _copy(self, to: Array, x: np.ndarray) -> None:
        if not to.size:
            return
        slot = self._take(to.nbytes)
        host, device = slot.views(to.shape, to.dtype)
        np.copyto(host, x, casting="unsafe")
        with self._stream:
            device.set(host)
        stream = self._cupy.cuda.get_current_stream()
        stream.wait_event(self._stream.record(slot.arrived))
        to[...] = device
        stream.record(slot.free)

    def _take(self, nbytes: int) -> "_Slot":
        """Returns the next buffer, when what it held last was taken out."""
        slot = self._slots[self._next]
        if slot is not None and not slot.free.done:
            slot.free.synchronize()
        if slot is None or slot.host.size < nbytes:
            size = 1 << (nbytes - 1).bit_length()
            # In the stream that writes there first: a pool gives memory again to the
            # stream that had it, where work on it may still wait in the queue.
            with self._stream:
                slot = _Slot(self._cupy, self._pinned((size,), np.uint8))
            self._slots[self._next] = slot
        self._next = (self._next + 1) % SLOTS
        return slot


def fetching(cupy: Any, pinned: Any, x: Array) -> Callable[[], np.ndarray]:
    """Begins to copy an array to the host; returns what waits for the copy.

    Args:
        cupy: The library.
        pinned: Makes a pinned NumPy array of a shape and dtype.
        x: The array, which may be written again at once.
    """
    host: np.ndarray = pinned(x.shape, x.dtype)
    arrived = cupy.cuda.Event(disable_timing=True)
    x.get(out=host, blocking=False)
    cupy.cuda.get_current_stream().record(arrived)

    def read() -> np.ndarray:
        arrived.synchronize()
        return host

    return read


class _Slot:
    """A pinned buffer, its counterpart on the device, and how far both have got."""

    def __init__(self, cupy: Any, host: np.ndarray) -> None:
        self.host = host
        self.device = cupy.empty(host.shape, dtype=np.uint8)
        self.arrived = cupy.cuda.Event(disable_timing=True)
        self.free = cupy.cuda.Event(disable_timing=True)

    def views(self, shape: tuple[int, ...], dtype: Any) -> tuple[np.ndarray, Array]:
        """Returns the beginnings of both as arrays."""
        end = math.prod(shape) * np.dtype(dtype).itemsize
        host, device = (
            part[:end].view(dtype).reshape(shape) for part in (self.host, self.device)
        )
        return host, device
