"""Special functions by NumPy, block by block.

Their formulas make a dozen arrays of the operand's size. A block's stay in the cache,
and large operands take no more memory than their result.
"""

from collections.abc import Callable

import numpy as np

from kerasish.backends.base.array import Array
from kerasish.backends.base.bessel import BesselKernels
from kerasish.backends.base.special import SpecialKernels

__all__ = ["NumpySpecial"]

BLOCK = 1 << 14  # elements


class NumpySpecial(SpecialKernels, BesselKernels):
    """Overrides the functions of one operand that are more than a few calls."""

    def erf(self, x: Array) -> Array:
        """Returns the error function."""
        return _in_blocks(super().erf, x)

    def erfc(self, x: Array) -> Array:
        """Returns one minus the error function, exactly also where that is small."""
        return _in_blocks(super().erfc, x)

    def erfinv(self, x: Array) -> Array:
        """Returns the number whose error function is `x`, which is within [-1, 1]."""
        return _in_blocks(super().erfinv, x)

    def bessel_i0(self, x: Array) -> Array:
        """Returns the modified Bessel function of order 0."""
        return _in_blocks(super().bessel_i0, x)

    def bessel_i1(self, x: Array) -> Array:
        """Returns the modified Bessel function of order 1."""
        return _in_blocks(super().bessel_i1, x)


def _in_blocks(kernel: Callable[[Array], Array], x: Array) -> Array:
    if not isinstance(x, np.ndarray) or x.size <= BLOCK:
        return kernel(x)
    flat = x.reshape(-1)
    made = np.empty(x.shape, x.dtype)
    out = made.reshape(-1)
    for start in range(0, x.size, BLOCK):
        out[start : start + BLOCK] = kernel(flat[start : start + BLOCK])
    return made
