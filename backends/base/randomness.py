"""Kernels of random numbers from a key and a counter: Philox-4x64-10.

The generator is NumPy's `Philox` bit generator (Salmon et al., 2011, "Parallel random
numbers: as easy as 1, 2, 3"), whose k-th block of four words is a function of the key
and k alone. So every backend draws the same bits, in any order, without a state.
"""

import math

from kerasish.backends.base.array import Array, ArrayKernels

__all__ = ["RandomnessKernels"]

ROUNDS = 10
MULTIPLIERS = (0xD2E7470EE14C6C93, 0xCA5A826395121157)
WEYL = (0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B)
LOW = 0xFFFFFFFF
# Bits of a uniform number: as many as the dtype's mantissa holds exactly.
UNIFORM_BITS = {"float64": 53, "float32": 24, "float16": 11, "bfloat16": 8}


class RandomnessKernels(ArrayKernels):
    """The same numbers on every backend, from a key of two words."""

    def random_bits(self, key: Array, count: int) -> Array:
        """Returns `count` random words as uint64.

        Args:
            key: Two unsigned integers.
            count: How many words.
        """
        xp = self.xp
        blocks = -(-count // 4)
        word = xp.astype(xp.reshape(key, (2,)), xp.uint64)
        keys = [xp.broadcast_to(word[i : i + 1], (blocks,)) for i in (0, 1)]
        first = xp.arange(1, blocks + 1, dtype=xp.uint64)
        zero = xp.zeros(blocks, dtype=xp.uint64)
        c0, c1, c2, c3 = first, zero, zero, zero
        for i in range(ROUNDS):
            high0, low0 = self._multiply_wide(c0, MULTIPLIERS[0])
            high1, low1 = self._multiply_wide(c2, MULTIPLIERS[1])
            c0, c1, c2, c3 = (
                xp.bitwise_xor(xp.bitwise_xor(high1, c1), keys[0]),
                low1,
                xp.bitwise_xor(xp.bitwise_xor(high0, c3), keys[1]),
                low0,
            )
            if i < ROUNDS - 1:
                keys = [k + self._word(w) for k, w in zip(keys, WEYL, strict=True)]
        words = xp.stack([c0, c1, c2, c3], axis=1)
        return xp.reshape(words, (-1,))[:count]

    def random_uniform(self, key: Array, shape: tuple[int, ...], dtype: str) -> Array:
        """Returns floats that are uniform on [0, 1)."""
        xp = self.xp
        bits = UNIFORM_BITS[dtype]
        count = math.prod(shape)
        if dtype == "float64":
            words, width = self.random_bits(key, count), 64
        else:
            words, width = self.random_halves(key, count), 32
        shift = xp.asarray(width - bits, dtype=words.dtype)
        kept = xp.bitwise_right_shift(words, shift)
        real = "float64" if dtype == "float64" else "float32"
        unit = self.cast(kept, real) * (2.0**-bits)
        return xp.reshape(self.cast(unit, dtype), shape)

    def random_normal(self, key: Array, shape: tuple[int, ...], dtype: str) -> Array:
        """Returns standard normal floats, by Box and Muller's transform."""
        xp = self.xp
        count = math.prod(shape)
        pairs = -(-count // 2)
        real = "float64" if dtype == "float64" else "float32"
        u = self.random_uniform(key, (2, pairs), real)
        radius = xp.sqrt(-2.0 * xp.log(1.0 - u[0, :]))
        angle = (2.0 * math.pi) * u[1, :]
        both = xp.concat([radius * xp.cos(angle), radius * xp.sin(angle)])
        return xp.reshape(self.cast(both[:count], dtype), shape)

    def random_integers(
        self, key: Array, shape: tuple[int, ...], span: int, dtype: str
    ) -> Array:
        """Returns integers that are uniform on [0, span)."""
        xp = self.xp
        bits = self.random_bits(key, math.prod(shape))
        # The bias of the remainder is below span / 2^64.
        drawn = xp.remainder(bits, xp.asarray(span, dtype=xp.uint64))
        return xp.reshape(self.cast(drawn, dtype), shape)

    def dropout(
        self, x: Array, key: Array, rate: float, noise_shape: tuple[int, ...]
    ) -> Array:
        """Returns `x` with elements zeroed at random, the others scaled up."""
        bits = self.random_halves(key, math.prod(noise_shape))
        return self.dropout_by(x, self.xp.reshape(bits, noise_shape), rate)

    def dropout_by(self, x: Array, bits: Array, rate: float) -> Array:
        """Returns `x` zeroed where random words are low, the other elements scaled up.

        Args:
            x: Float array.
            bits: Words of 32 bits, of a shape that broadcasts to that of `x`.
            rate: The share of zeros.
        """
        xp = self.xp
        limit = xp.asarray(min(round(rate * 2**32), 2**32 - 1), dtype=xp.uint32)
        kept = bits >= limit
        zero = xp.asarray(0, dtype=x.dtype)
        scale = xp.asarray(1.0 / (1.0 - rate), dtype=x.dtype)
        return xp.where(kept, x * scale, zero)

    def random_halves(self, key: Array, count: int) -> Array:
        """Returns `count` random words as uint32, the low half of each word first."""
        xp = self.xp
        words = self.random_bits(key, -(-count // 2))
        low = xp.bitwise_and(words, self._word(LOW))
        high = xp.bitwise_right_shift(words, self._word(32))
        halves = xp.astype(xp.stack([low, high], axis=1), xp.uint32)
        return xp.reshape(halves, (-1,))[:count]

    def _multiply_wide(self, x: Array, factor: int) -> tuple[Array, Array]:
        """Returns the high and low words of a product of two words."""
        xp = self.xp
        word, half = self._word, self._word(32)
        mask = word(LOW)
        xl, xh = xp.bitwise_and(x, mask), xp.bitwise_right_shift(x, half)
        fl, fh = word(factor & LOW), word(factor >> 32)
        ll, lh, hl = xl * fl, xl * fh, xh * fl
        middle = (
            xp.bitwise_right_shift(ll, half)
            + xp.bitwise_and(lh, mask)
            + xp.bitwise_and(hl, mask)
        )
        high = (
            xh * fh
            + xp.bitwise_right_shift(lh, half)
            + xp.bitwise_right_shift(hl, half)
            + xp.bitwise_right_shift(middle, half)
        )
        return high, x * word(factor)

    def _word(self, value: int) -> Array:
        return self.xp.asarray([value], dtype=self.xp.uint64)
