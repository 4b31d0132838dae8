"""What the tests of bound primitives share: operands, and the comparison."""

import zlib

import numpy as np

from kerasish import ops, random  # noqa: F401, declare the primitives
from kerasish.autodiff.primitive import PRIMITIVES
from kerasish.backends import backend_scope
from kerasish.backends.base.backend import Backend
from kerasish.backends.numpy_lowering import lower

__all__ = ["check", "check_in_place", "kernel", "numbers"]


def numbers(name, *shape, dtype="float32", low=0.1, high=0.9):
    """Returns uniform numbers that the name decides."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    return rng.uniform(low, high, shape).astype(dtype)


class Base(Backend):
    """The kernels that every backend has, on NumPy."""

    xp = np


def kernel(name, *arrays, **static):
    """Returns what a primitive's own kernel makes."""
    with np.errstate(all="ignore"), backend_scope(Base()):
        return np.asarray(PRIMITIVES[name].function(*arrays, **static))


def check(name, arrays, rtol=1e-6, atol=1e-7, **static):
    """Compares a bound primitive with its kernel, twice, as operands change.

    Then once more with operands that do not lie in order.
    """
    expected = kernel(name, *arrays, **static)
    for given in (arrays, [turned(x) for x in arrays]):
        out = np.full(expected.shape, 7).astype(expected.dtype)
        step = lower(name, static, given, [out])
        assert step is not None
        for shift in (0, 1):
            for x in given:
                x[...] = np.roll(x, shift)
            with np.errstate(all="ignore"):
                step()
            agree(out, kernel(name, *given, **static), rtol, atol)


def check_in_place(name, arrays, which, rtol=1e-6, **static):
    """Compares where the result is written over an operand."""
    expected = kernel(name, *arrays, **static)
    given = [x.copy() for x in arrays]
    with np.errstate(all="ignore"):
        lower(name, static, given, [given[which]])()
    agree(given[which], expected, rtol, 1e-7)


def agree(found, expected, rtol, atol):
    """Checks that arrays are equal, within bounds where they hold floats."""
    assert found.dtype == expected.dtype
    if found.dtype.name == "bfloat16":
        found, expected = found.astype("float32"), expected.astype("float32")
    if found.dtype.kind in "fc":
        np.testing.assert_allclose(found, expected, rtol, atol)
    else:
        np.testing.assert_array_equal(found, expected)


def turned(x):
    """Returns the same numbers in another order in memory."""
    return x.T.copy().T if x.ndim > 1 else np.repeat(x, 2)[::2] if x.ndim else x
