"""Steps that compute element by element."""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np

from kerasish.backends.base.backend import Array
from kerasish.backends.numpy_lowering_steps import Step, as_dtype, copying, in_turn

__all__ = ["ELEMENTWISE", "IN_PLACE", "UFUNCS", "calling", "choosing"]

UFUNCS: dict[str, np.ufunc] = {
    "absolute": np.absolute,
    "add": np.add,
    "add_gradients": np.add,
    "arccos": np.arccos,
    "arccosh": np.arccosh,
    "arcsin": np.arcsin,
    "arcsinh": np.arcsinh,
    "arctan": np.arctan,
    "arctan2": np.arctan2,
    "arctanh": np.arctanh,
    "bitwise_and": np.bitwise_and,
    "bitwise_invert": np.invert,
    "bitwise_or": np.bitwise_or,
    "bitwise_xor": np.bitwise_xor,
    "ceil": np.ceil,
    "_conj": np.conjugate,
    "cos": np.cos,
    "cosh": np.cosh,
    "divide": np.divide,
    "equal": np.equal,
    "exp": np.exp,
    "expm1": np.expm1,
    "floor": np.floor,
    "floor_divide": np.floor_divide,
    "fmod": np.fmod,
    "gcd": np.gcd,
    "greater": np.greater,
    "greater_equal": np.greater_equal,
    "hypot": np.hypot,
    "isfinite": np.isfinite,
    "isinf": np.isinf,
    "isnan": np.isnan,
    "left_shift": np.left_shift,
    "less": np.less,
    "less_equal": np.less_equal,
    "log": np.log,
    "log10": np.log10,
    "log1p": np.log1p,
    "log2": np.log2,
    "logaddexp": np.logaddexp,
    "logical_and": np.logical_and,
    "logical_not": np.logical_not,
    "logical_or": np.logical_or,
    "logical_xor": np.logical_xor,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "mod": np.remainder,
    "multiply": np.multiply,
    "negative": np.negative,
    "nextafter": np.nextafter,
    "not_equal": np.not_equal,
    "power": np.power,
    "right_shift": np.right_shift,
    "sign": np.sign,
    "sin": np.sin,
    "sinh": np.sinh,
    "sqrt": np.sqrt,
    "square": np.square,
    "subtract": np.subtract,
    "tan": np.tan,
    "tanh": np.tanh,
    "trunc": np.trunc,
}
SMALL = 65536  # elements of arrays for which the overhead of a call counts
MANY = 1024  # elements for which choosing by bits is faster than by branches


def _ufunc(ufunc: np.ufunc) -> Callable[..., Step | None]:
    def bind(*arrays: Array) -> Step | None:
        *inputs, out = arrays
        kinds = _loop(ufunc, *(x.dtype for x in inputs))
        if kinds is None:
            return None
        steps: list[Step] = []  # a loop that has to cast takes a buffer for it
        given = [as_dtype(x, k, steps) for x, k in zip(inputs, kinds, strict=False)]
        made = out if out.dtype == kinds[-1] else np.empty(out.shape, kinds[-1])
        steps.append(calling(ufunc, given, made))
        return in_turn(*steps, *([] if made is out else [copying(out, made)]))

    return bind


def calling(ufunc: np.ufunc, inputs: list[Array], out: Array) -> Step:
    """Returns a step that calls a universal function.

    For operands that broadcast, or lie in another order, NumPy's iterator takes a
    buffer each time; to copy them into place first takes no longer.

    Args:
        ufunc: The function.
        inputs: The operands, of the dtypes that its loop has.
        out: The result; perhaps an operand, if that has its shape.
    """
    steps: list[Step] = []
    given, free = list(inputs), out
    if 1 < out.size <= SMALL and out.flags.c_contiguous:
        for i, x in enumerate(given):
            if x.size == 1 or (x.shape == out.shape and x.flags.c_contiguous):
                continue
            if free.dtype != x.dtype or any(_overlap(free, y) for y in given):
                free = np.empty(out.shape, x.dtype)
            given[i] = free
            steps.append(copying(free, x))
    if ufunc in (np.maximum, np.minimum):  # their third operand is no output
        return in_turn(*steps, partial(ufunc, *given, out=out))
    return in_turn(*steps, partial(ufunc, *given, out))


@cache
def _loop(ufunc: np.ufunc, *dtypes: Any) -> tuple[Any, ...] | None:
    """Returns the dtypes of the loop that runs, the result's last; None without one."""
    try:
        return ufunc.resolve_dtypes((*dtypes, None))
    except TypeError:
        return None


def _relu(x: Array, out: Array) -> Step:
    # Against an array of zeros NumPy's vector code runs, against one zero it does not.
    zero = np.zeros(x.shape if x.size <= SMALL else (), x.dtype)
    return partial(np.maximum, x, zero, out=out)


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
    return _ufunc(np.logaddexp)(x, np.zeros((), x.dtype), out)


def _round(x: Array, out: Array) -> Step:
    return partial(np.rint, x, out) if x.dtype.kind != "i" else copying(out, x)


def _signbit(x: Array, out: Array) -> Step:
    if x.dtype.kind in "iu":
        return partial(np.less, x, np.zeros((), x.dtype), out)
    return partial(np.signbit, x, out)


def _clip(x: Array, low: Array, high: Array, out: Array) -> Step:
    made = out if x is high or not _overlap(out, high) else np.empty_like(out)
    first = calling(np.maximum, [x, low], made)
    return in_turn(first, calling(np.minimum, [made, high], out))


def _choose(condition: Array, x1: Array, x2: Array, out: Array) -> Step:
    if out.size > MANY and out.itemsize in (2, 4, 8) and out.flags.c_contiguous:
        return choosing(condition, x1, x2, out)
    if _overlap(out, x1):
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


def _overlap(out: Array, x: Array) -> bool:
    return bool(np.may_share_memory(out, x))


ELEMENTWISE: dict[str, Callable[..., Step | None]] = {
    **{name: _ufunc(ufunc) for name, ufunc in UFUNCS.items()},
    "_choose": _choose,
    "_clip": _clip,
    "_complex": _complex,
    "_round": _round,
    "cast_to": _cast,
    "divide_no_nan": _divide_no_nan,
    "fabs": _ufunc(np.absolute),
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
