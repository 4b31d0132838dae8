"""Steps that refuse numbers: each looks at the least and the largest, and copies."""

from collections.abc import Callable
from functools import partial

import numpy as np

from kerasish.backends.base.backend import Array
from kerasish.backends.numpy_lowering.steps import Step, copying, in_turn
from kerasish.core.errors import ArgumentError

__all__ = ["GUARDS"]


def _copy(out: Array, x: Array) -> list[Step]:
    """Returns the step that copies; none where the memory is the same."""
    same = out.ctypes.data == x.ctypes.data and out.strides == x.strides
    return [] if same else [copying(out, x)]


class _Ends:
    """The least and the largest element.

    Args:
        x: An array that is not empty.
    """

    def __init__(self, x: Array) -> None:
        self._least, self._most = np.empty((), x.dtype), np.empty((), x.dtype)
        self._find = [
            partial(np.minimum.reduce, x, None, None, self._least),
            partial(np.maximum.reduce, x, None, None, self._most),
        ]

    def find(self) -> tuple[int, int]:
        """Returns both as they are now."""
        for step in self._find:
            step()
        return int(self._least), int(self._most)


def _in_range(x: Array, out: Array, low: int, high: int, what: str) -> Step:
    ends = _Ends(x) if x.size else None

    def check() -> None:
        least, most = ends.find() if ends else (low, high)
        if least < low or most > high:
            raise ArgumentError(
                f"{what} must be from {low} to {high}. "
                f"Received: {least if least < low else most}"
            )

    return in_turn(check, *_copy(out, x))


def _whole(x: Array, out: Array, what: str) -> Step | None:
    if x.dtype.kind != "f":
        return None
    rest, right = np.empty(x.shape, x.dtype), np.empty(x.shape, bool)
    zero = np.zeros((), x.dtype)

    def check() -> None:
        np.floor(x, rest)
        np.subtract(x, rest, rest)  # nan of what is infinite
        np.equal(rest, zero, right)
        if np.count_nonzero(right) < right.size:
            raise ArgumentError(
                f"{what} must be integers. Received: dtype={x.dtype} with fractions"
            )

    return in_turn(check, *_copy(out, x))


def _from_start(x: Array, out: Array, size: int) -> Step | None:
    if not x.size:
        return None
    ends, negative = _Ends(x), np.empty(x.shape, bool)
    zero, length = np.zeros((), x.dtype), np.asarray(size, x.dtype)

    def step() -> None:
        low, high = ends.find()
        if low < -size or high >= size:
            wrong = low if low < -size else high
            raise ArgumentError(
                f"Index {wrong} is out of range for an axis of size {size}."
            )
        np.copyto(out, x)
        if low < 0:
            np.less(out, zero, negative)
            np.add(out, length, out, where=negative)

    return step


GUARDS: dict[str, Callable[..., Step | None]] = {
    "_from_start": _from_start,
    "in_range": _in_range,
    "whole": _whole,
}
