"""Steps that draw random numbers: NumPy's Philox, reseeded in place.

A generator of floats in float32 takes 24 of the 32 bits of a word, in the order that
the kernels take them, and writes them into memory that is there.
"""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from kerasish.backends.base.backend import Array
from kerasish.backends.base.randomness import UNIFORM_BITS
from kerasish.backends.llvm.chain import bind_bits, has_llvm
from kerasish.backends.numpy_lowering.steps import Step, copying, in_turn

__all__ = ["DRAWING", "Words"]

FEW = 1024  # elements that branches choose as fast as bits


class Words:
    """The random words of a key, which is read anew each time.

    Args:
        key: Two unsigned integers.
    """

    def __init__(self, key: Array) -> None:
        self._key = key.reshape(2)
        self._philox = np.random.Philox(key=0)
        self._generator = np.random.Generator(self._philox)
        state: Any = self._philox.state
        self._words: Any = {"counter": [0] * 4, "key": [0, 0]}
        self._state: Any = {**state, "state": self._words, "buffer": [0] * 4}

    def fill(self, out: Array) -> None:
        """Writes uniform numbers of [0, 1).

        Args:
            out: Flat memory; float32 takes a half of a word, float64 a whole one.
        """
        self._words["key"] = self._key.tolist()
        self._philox.state = self._state
        self._generator.random(None, out.dtype, out)

    def halves(self, count: int) -> Array:
        """Returns words of 32 bits in memory of their own.

        Args:
            count: How many.
        """
        self._words["key"] = self._key.tolist()
        self._philox.state = self._state
        words = self._philox.random_raw(-(-count // 2))
        return words.astype("<u8", copy=False).view("<u4")[:count]


def _bits(key: Array, out: Array, shape: Any) -> Step | None:
    return bind_bits(key, out) if has_llvm() else None


def _uniform(key: Array, out: Array, shape: Any, dtype: str) -> Step:
    draw = Words(key).fill
    if dtype in ("float32", "float64"):
        return partial(draw, out.reshape(-1))
    # Numbers of half precision keep the upper bits.
    fine, bits = np.empty(out.size, np.float32), UNIFORM_BITS[dtype]
    up, down = (np.asarray(2.0**n, np.float32) for n in (bits, -bits))
    return in_turn(
        partial(draw, fine),
        partial(np.multiply, fine, up, fine),
        partial(np.floor, fine, fine),
        partial(np.multiply, fine, down, fine),
        copying(out.reshape(-1), fine),
    )


def _normal(key: Array, out: Array, shape: Any, dtype: str) -> Step:
    # Box and Muller's transform, as in the kernel.
    real = "float64" if dtype == "float64" else "float32"
    pairs = -(-out.size // 2)
    u, both = np.empty(2 * pairs, real), np.empty((2, pairs), real)
    radius, angle = u.reshape(2, pairs)
    sines, cosines = both[1], both[0]
    one, factor, turn = (np.asarray(n, real) for n in (1.0, -2.0, 2.0 * math.pi))
    draw = Words(key).fill
    given, wanted = both.reshape(-1)[: out.size], out.reshape(-1)

    def step() -> None:
        draw(u)
        np.subtract(one, radius, radius)
        np.log(radius, radius)
        np.multiply(radius, factor, radius)
        np.sqrt(radius, radius)
        np.multiply(angle, turn, angle)
        np.cos(angle, cosines)
        np.sin(angle, sines)
        np.multiply(cosines, radius, cosines)
        np.multiply(sines, radius, sines)
        np.copyto(wanted, given, "unsafe")

    return step


def _dropout(
    x: Array, key: Array, out: Array, rate: float, noise_shape: tuple[int, ...]
) -> Step:
    words, u = Words(key), np.empty(math.prod(noise_shape), np.float32)
    kept, ties = np.empty(noise_shape, bool), np.empty(u.shape, bool)
    flat = kept.reshape(-1)
    limit = min(round(rate * 2**32), 2**32 - 1)
    edge = np.asarray((limit >> 8) * 2.0**-24, np.float32)
    scale = np.asarray(1.0 / (1.0 - rate), x.dtype)
    exact = np.asarray(limit, np.uint32)
    clear = _clearing(out, kept)

    def step() -> None:
        words.fill(u)
        np.greater_equal(u, edge, flat)
        if limit & 255:  # decided by the bits that a float does not have
            np.equal(u, edge, ties)
            if np.count_nonzero(ties):
                np.greater_equal(words.halves(u.size), exact, flat)
        np.multiply(x, scale, out)
        clear()

    return step


def _clearing(out: Array, kept: Array) -> Step:
    """Returns a step that zeroes the elements that are not kept."""
    if out.size <= FEW:
        zero, dropped = np.zeros((), out.dtype), np.empty(kept.shape, bool)

        def step() -> None:
            np.logical_not(kept, dropped)
            np.copyto(out, zero, where=dropped)

    else:  # by bits, as branches at random cost ten times as much
        kind = f"i{out.itemsize}"
        bits, mask = out.view(kind), np.empty(kept.shape, kind)

        def step() -> None:
            np.copyto(mask, kept)
            np.negative(mask, mask)
            np.bitwise_and(bits, mask, bits)

    return step


DRAWING: dict[str, Callable[..., Step | None]] = {
    "_bits": _bits,
    "_dropout": _dropout,
    "_normal": _normal,
    "_uniform": _uniform,
}
