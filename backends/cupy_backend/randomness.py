"""Random bits by one kernel: the base's Philox, a block of four words a thread."""

from functools import cached_property
from typing import Any

from kerasish.backends.base.array import Array
from kerasish.backends.base.randomness import (
    MULTIPLIERS,
    ROUNDS,
    WEYL,
    RandomnessKernels,
)

__all__ = ["CupyRandomness"]

# The counter of block i is i + 1, as NumPy's generator counts up before it draws.
BODY = f"""
unsigned long long k0 = key[0], k1 = key[1];
unsigned long long c0 = i / 4 + 1, c1 = 0, c2 = 0, c3 = 0;
for (int round = 0; round < {ROUNDS}; ++round) {{
    unsigned long long h0 = __umul64hi(c0, {MULTIPLIERS[0]}ULL);
    unsigned long long h1 = __umul64hi(c2, {MULTIPLIERS[1]}ULL);
    unsigned long long l0 = c0 * {MULTIPLIERS[0]}ULL, l1 = c2 * {MULTIPLIERS[1]}ULL;
    c0 = h1 ^ c1 ^ k0; c1 = l1; c2 = h0 ^ c3 ^ k1; c3 = l0;
    k0 += {WEYL[0]}ULL; k1 += {WEYL[1]}ULL;
}}
word = i % 4 == 0 ? c0 : i % 4 == 1 ? c1 : i % 4 == 2 ? c2 : c3;
"""


class CupyRandomness(RandomnessKernels):
    """Overrides the source of bits; what is made of them stays the base's."""

    def random_bits(self, key: Array, count: int) -> Array:
        """Returns `count` random words as uint64."""
        words = self.xp.astype(self.xp.reshape(key, (2,)), self.xp.uint64)
        return self._philox(words, self.xp.empty(count, dtype=self.xp.uint64))

    @cached_property
    def _philox(self) -> Any:
        return self.xp.ElementwiseKernel(
            "raw uint64 key", "uint64 word", BODY, "kerasish_philox"
        )
