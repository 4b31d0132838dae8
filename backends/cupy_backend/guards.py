"""Steps that refuse numbers, on a device that cannot raise errors.

The kernel that copies the numbers writes a wrong one into a flag. Whoever reads a
result waits for the device anyway, and looks at the flags then.
"""

import weakref
from collections.abc import Callable
from functools import cache, partial
from typing import Any

from kerasish.backends.base.array import Array
from kerasish.backends.cupy_backend.staging import fetching
from kerasish.core.errors import ArgumentError

__all__ = ["KINDS", "Guards"]

NOTE = "if ({wrong}) {{ flag[0] = 1; flag[1] = (double)v; }}"
INTEGERS = "long long v = (long long)x; out = {result}; " + NOTE
REALS = "{real} v = ({real})x; out = x; " + NOTE
# What the kernels compute: the result, and when a number is wrong.
KINDS = {
    "in_range": (INTEGERS, "x", "v < low || v > high"),
    "_from_start": (INTEGERS, "v < 0 ? v - low : v", "v < low || v > high"),
    "whole": (REALS, "x", "!isfinite(v) || floor(v) != v"),
}


class Guards:
    """Makes such steps, and raises what they have found.

    Args:
        cupy: The library.
        pinned: Makes a pinned NumPy array of a shape and dtype.
    """

    def __init__(self, cupy: Any, pinned: Any) -> None:
        self._cupy = cupy
        self._fetching = partial(fetching, cupy, pinned)
        self._noted: dict[int, tuple[Array, Callable[[float], str]]] = {}
        self._kernel = cache(self._made)

    def lower(
        self, name: str, static: dict[str, Any], x: Array, out: Array
    ) -> Callable[[], None] | None:
        """Returns a step that copies numbers and notes a wrong one.

        Args:
            name: One of `KINDS`.
            static: The primitive's arguments.
            x: The numbers.
            out: Where they are copied to.
        """
        if not x.size:
            return None
        kernel = self._kernel(name, "double" if x.dtype.itemsize == 8 else "float")
        low, high = _limits(name, static)
        flag = self._cupy.zeros(2, dtype="float64")

        def step() -> None:
            kernel(x, low, high, out, flag)

        dtype = x.dtype
        self._noted[id(flag)] = flag, lambda value: _message(name, static, value, dtype)
        weakref.finalize(step, self._noted.pop, id(flag))
        return step

    def look(self) -> None:
        """Raises the error of a step that has found a wrong number.

        Raises:
            ArgumentError: If there is one.
        """
        self.fetch()()

    def fetch(self) -> Callable[[], None]:
        """Begins to look; returns what waits for the flags, as they are now."""
        coming = [
            (flag, message, self._fetching(flag))
            for flag, message in list(self._noted.values())
        ]

        def arrived() -> None:
            rows = [(flag, message, *read().tolist()) for flag, message, read in coming]
            found = [row for row in rows if row[2]]
            for flag, *_ in found:  # several steps may have met one wrong number
                flag.fill(0)
            for _, message, _, value in found:
                raise ArgumentError(message(value))

        return arrived

    def _made(self, name: str, real: str) -> Any:
        body, result, wrong = KINDS[name]
        return self._cupy.ElementwiseKernel(
            "T x, int64 low, int64 high",
            "T out, raw float64 flag",
            body.format(result=result, wrong=wrong, real=real),
            f"kerasish_{name.strip('_')}",
        )


def _limits(name: str, static: dict[str, Any]) -> tuple[int, int]:
    if name == "_from_start":
        return -static["size"], static["size"] - 1
    return int(static.get("low", 0)), int(static.get("high", 0))


def _message(name: str, static: dict[str, Any], value: float, dtype: Any) -> str:
    if name == "_from_start":
        size = static["size"]
        return f"Index {int(value)} is out of range for an axis of size {size}."
    what = static["what"]
    if name == "whole":
        return f"{what} must be integers. Received: dtype={dtype} with fractions"
    low, high = static["low"], static["high"]
    return f"{what} must be from {low} to {high}. Received: {int(value)}"
