"""Steps that compute element by element."""

from collections.abc import Callable
from functools import partial

import numpy as np

from kerasish.backends.base.backend import Array
from kerasish.backends.numpy_lowering.steps import Step, copying, in_turn
from kerasish.backends.numpy_lowering.ufuncs import (
    SMALL,
    UFUNCS,
    calling,
    converting,
    overlap,
    row_width,
)

__all__ = ["ELEMENTWISE", "IN_PLACE", "choosing"]

MANY = 1024  # elements for which choosing by bits is faster than by branches


def _relu(x: Array, out: Array) -> Step:
    # Against an array of zeros NumPy's vector code runs, against one zero it does not.
    if x.size <= SMALL:
        return partial(np.maximum, x, np.zeros(x.shape, x.dtype), out=out)
    if not (x.flags.c_contiguous and out.flags.c_contiguous):
        return partial(np.maximum, x, np.zeros((), x.dtype), out=out)
    width = row_width(x.size)
    rows, made = x.reshape(-1, width), out.reshape(-1, width)
    return partial(np.maximum, rows, np.zeros(width, x.dtype), out=made)


def _sigmoid(x: Array, out: Array) -> Step:
    one = np.ones((), x.dtype)

    def step() -> None:
        np.negative(x, out)
        np.exp(out, out)
        np.add(out, one, out)
        np.reciprocal(out, out)

    return step


def _rsqrt(x: Array, out: Array) -> Step:
    def step() -> None:
        np.sqrt(x, out)
        np.reciprocal(out, out)

    return step


def _softplus(x: Array, out: Array) -> Step | None:
    return converting(np.logaddexp)(x, np.zeros((), x.dtype), out)


def _round(x: Array, out: Array) -> Step:
    return partial(np.rint, x, out) if x.dtype.kind != "i" else copying(out, x)


def _signbit(x: Array, out: Array) -> Step:
    if x.dtype.kind in "iu":
        return partial(np.less, x, np.zeros((), x.dtype), out)
    return partial(np.signbit, x, out)


def _clip(x: Array, low: Array, high: Array, out: Array) -> Step:
    made = out if x is high or not overlap(out, high) else np.empty_like(out)
    first = calling(np.maximum, [x, low], made)
    return in_turn(first, calling(np.minimum, [made, high], out))


def _choose(condition: Array, x1: Array, x2: Array, out: Array) -> Step:
    if out.size > MANY and out.itemsize in (2, 4, 8) and out.flags.c_contiguous:
        return choosing(condition, x1, x2, out)
    if overlap(out, x1):
        other = np.empty(condition.shape, bool)

        def step() -> None:
            np.logical_not(condition, other)
            np.copyto(out, x1)
            np.copyto(out, x2, where=other)

    else:

        def step() -> None:
            np.copyto(out, x2)
            np.copyto(out, x1, where=condition)

    return step


def choosing(condition: Array, x1: Array, x2: Array, out: Array) -> Step:
    """Returns a step that chooses by bits: branches at random take ten times as long.

    Args:
        condition: Booleans.
        x1: Elements where they hold.
        x2: The others; of the dtype of `x1`.
        out: Result without gaps, of a dtype of 2, 4 or 8 bytes; perhaps an operand.
    """
    kind = f"i{out.itemsize}"
    first, second = (np.broadcast_to(x, out.shape).view(kind) for x in (x1, x2))
    mask = np.empty(condition.shape, kind)
    mixed, bits = np.empty(out.shape, kind), out.view(kind)

    def step() -> None:
        np.copyto(mask, condition)
        np.negative(mask, mask)  # all bits where it holds
        np.bitwise_xor(first, second, mixed)
        np.bitwise_and(mixed, mask, mixed)
        np.bitwise_xor(mixed, second, bits)

    return step


def _divide_no_nan(x1: Array, x2: Array, out: Array) -> Step:
    zero, divisor = np.zeros((), x2.dtype), np.zeros((), out.dtype)
    here = np.empty(x2.shape, bool)
    return in_turn(
        partial(np.equal, x2, zero, here),
        calling(np.divide, [x1, x2], out),
        partial(np.copyto, out, divisor, where=here),
    )


def _cast(x: Array, out: Array, dtype: str) -> Step:
    complex_to_real = x.dtype.kind == "c" and out.dtype.kind != "c"
    return copying(out, x.real if complex_to_real else x)


def _complex(real: Array, imag: Array, out: Array) -> Step:
    return in_turn(copying(out.real, real), copying(out.imag, imag))


ELEMENTWISE: dict[str, Callable[..., Step | None]] = {
    **{name: converting(ufunc) for name, ufunc in UFUNCS.items()},
    "_choose": _choose,
    "_clip": _clip,
    "_complex": _complex,
    "_round": _round,
    "cast_to": _cast,
    "divide_no_nan": _divide_no_nan,
    "fabs": converting(np.absolute),
    "relu": _relu,
    "rsqrt": _rsqrt,
    "sigmoid": _sigmoid,
    "signbit": _signbit,
    "softplus": _softplus,
}
# Those that may write over an operand of the same shape and dtype.
IN_PLACE = {
    *UFUNCS,
    *("_choose", "_clip", "_round", "divide_no_nan", "fabs", "relu", "rsqrt"),
    *("sigmoid", "softplus"),
}
