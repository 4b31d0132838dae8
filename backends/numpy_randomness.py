"""Random bits by NumPy's own Philox, which is the base's in C."""

import numpy as np

from kerasish.backends.base.array import Array
from kerasish.backends.base.randomness import RandomnessKernels

__all__ = ["NumpyRandomness"]


class NumpyRandomness(RandomnessKernels):
    """Overrides the source of bits; what is made of them stays the base's."""

    def random_bits(self, key: Array, count: int) -> Array:
        """Returns `count` random words as uint64."""
        words = np.asarray(key, dtype=np.uint64)
        return np.random.Philox(key=words).random_raw(count)

    def random_halves(self, key: Array, count: int) -> Array:
        """Returns `count` random words as uint32, the low half of each word first."""
        return (
            self.random_bits(key, -(-count // 2))
            .astype("<u8", copy=False)
            .view("<u4")[:count]
        )
