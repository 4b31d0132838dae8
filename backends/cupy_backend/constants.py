"""Constants of plans: host data that a step needs at each run, copied there once."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from kerasish.backends.base.array import Array

__all__ = ["Constants"]

_thread = threading.local()


class Constants:
    """Arrays on the device of host data with the same contents.

    A kernel may upload a table, as of places to gather from. In the steps of a plan it
    would do so at each run, and a CUDA graph refuses it: inside `with constants.kept()`
    the same table is uploaded once and stays.
    """

    def __init__(self) -> None:
        self._arrays: dict[Any, Array] = {}

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keeps what the calling thread uploads inside the block."""
        outer = getattr(_thread, "constants", None)
        _thread.constants = self
        try:
            yield
        finally:
            _thread.constants = outer

    @staticmethod
    def uploaded(x: np.ndarray, upload: Callable[[np.ndarray], Array]) -> Array:
        """Returns host data on the device.

        Args:
            x: The data.
            upload: Copies them there.
        """
        held = getattr(_thread, "constants", None)
        if held is None:
            return upload(x)
        key = x.dtype, x.shape, x.tobytes()
        if key not in held._arrays:
            held._arrays[key] = upload(x)
        return held._arrays[key]
