"""Steps that call NumPy's universal functions, whatever their operands' dtypes."""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np

from kerasish.backends.base.backend import Array
from kerasish.backends.numpy_lowering.steps import Step, as_dtype, copying, in_turn

__all__ = ["SMALL", "UFUNCS", "calling", "converting", "overlap", "row_width"]

SMALL = 65536  # elements of arrays for which the overhead of a call counts
WIDE = 2048  # elements of a row that the loop over rows costs little beside
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


def converting(ufunc: np.ufunc) -> Callable[..., Step | None]:
    """Returns what binds a universal function; None where it has no loop.

    Args:
        ufunc: The function.
    """

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
            if free.dtype != x.dtype or any(overlap(free, y) for y in given):
                free = np.empty(out.shape, x.dtype)
            given[i] = free
            steps.append(copying(free, x))
    elif out.size > SMALL and out.flags.c_contiguous:
        given, out = _wide(given, out, steps)
    if ufunc in (np.maximum, np.minimum):  # their third operand is no output
        return in_turn(*steps, partial(ufunc, *given, out=out))
    return in_turn(*steps, partial(ufunc, *given, out))


def _wide(
    inputs: list[Array], out: Array, steps: list[Step]
) -> tuple[list[Array], Array]:
    """Returns a large array and its operands with longer rows, in half the time.

    Where a row, as of channels, belongs to every row of the result, it is laid out
    several times side by side, so that NumPy's loop over a row pays.
    """
    same = [x.shape == out.shape and x.flags.c_contiguous for x in inputs]
    units = {x.size for x, whole in zip(inputs, same, strict=True) if not whole} - {1}
    if len(units) != 1 or not all(
        whole or x.size == 1 or _is_row(x, out)
        for x, whole in zip(inputs, same, strict=True)
    ):
        return inputs, out
    (unit,) = units
    width = row_width(out.size, unit)
    if width < 2 * unit:
        return inputs, out
    given = []
    for x, whole in zip(inputs, same, strict=True):
        if x.size == unit and not whole:
            row = np.empty((width // unit, unit), x.dtype)
            steps.append(copying(row, x.reshape(-1)))
            given.append(row.reshape(-1))
        else:
            given.append(x.reshape(-1, width) if whole else x.reshape(()))
    return given, out.reshape(-1, width)


def _is_row(x: Array, out: Array) -> bool:
    """Returns whether an array is broadcast along the first axes alone."""
    shape = x.shape
    while shape[:1] == (1,):
        shape = shape[1:]
    return bool(x.flags.c_contiguous) and out.shape[out.ndim - len(shape) :] == shape


def row_width(size: int, unit: int = 1) -> int:
    """Returns how wide rows of a large array are best.

    Args:
        size: Its elements.
        unit: What the width is a multiple of.

    Returns:
        The largest multiple that divides `size`, up to a bound; `unit` if none does.
    """
    rows = size // unit
    fitting = (n for n in range(WIDE // unit, 1, -1) if rows % n == 0)
    return unit * next(fitting, 1)


@cache
def _loop(ufunc: np.ufunc, *dtypes: Any) -> tuple[Any, ...] | None:
    """Returns the dtypes of the loop that runs, the result's last; None without one."""
    try:
        return ufunc.resolve_dtypes((*dtypes, None))
    except TypeError:
        return None


def overlap(out: Array, x: Array) -> bool:
    """Returns whether two arrays may share memory."""
    return bool(np.may_share_memory(out, x))
