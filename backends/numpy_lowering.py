"""How NumPy computes a primitive into memory that is there: the steps of a plan.

`lower` binds a primitive to arrays and returns a function without arguments, or None
where there is no such form; the plan then calls the primitive and copies its result.
"""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from kerasish.backends import onednn
from kerasish.backends.base.backend import Array

__all__ = ["ALIASING", "lower"]

Step = Callable[[], Any]

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
    "cos": np.cos,
    "cosh": np.cosh,
    "divide": np.divide,
    "equal": np.equal,
    "exp": np.exp,
    "expm1": np.expm1,
    "floor": np.floor,
    "greater": np.greater,
    "greater_equal": np.greater_equal,
    "isfinite": np.isfinite,
    "isinf": np.isinf,
    "isnan": np.isnan,
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
    "multiply": np.multiply,
    "negative": np.negative,
    "not_equal": np.not_equal,
    "power": np.power,
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
# Steps that may write over an operand of the same shape and dtype.
ALIASING = {"fused", *UFUNCS, "relu", "_clip", "sigmoid", "rsqrt", "softplus"}
SMALL = 65536  # elements of arrays for which the overhead of a call counts
WIDE = ("float32", "float64", "int32", "int64", "uint32", "uint64", "bool")


def lower(
    name: str, static: dict[str, Any], inputs: list[Array], outputs: list[Array]
) -> Step | None:
    """Returns a function that computes a primitive into `outputs`, or None.

    Args:
        name: The primitive's name.
        static: Its arguments that are no arrays.
        inputs: The operands, whose memory stays where it is.
        outputs: Arrays of the results' shapes and dtypes.
    """
    out = outputs[0]
    ufunc = UFUNCS.get(name)
    if ufunc is not None:
        # A loop of another dtype would need a cast, which copies.
        kinds = {x.dtype for x in inputs}
        if len(kinds) > 1 or out.dtype.kind not in "fiubc":
            return None
        if ufunc in (np.maximum, np.minimum):  # a third operand is no output to them
            return partial(ufunc, *inputs, out=out)
        return partial(ufunc, *inputs, out)
    special = _SPECIAL.get(name)
    return special(*inputs, out, **static) if special else None


def _relu(x: Array, out: Array) -> Step:
    # Against an array of zeros NumPy's vector code runs, against one zero it does not.
    zero = np.zeros(x.shape if x.size <= SMALL else (), x.dtype)
    return partial(np.maximum, x, zero, out=out)


def _sigmoid(x: Array, out: Array) -> Step | None:
    if x.dtype.name not in ("float32", "float64"):
        return None
    one = np.ones((), x.dtype)

    def step() -> None:
        np.negative(x, out)
        np.exp(out, out)
        np.add(out, one, out)
        np.reciprocal(out, out)

    return step


def _rsqrt(x: Array, out: Array) -> Step | None:
    if x.dtype.name not in ("float32", "float64"):
        return None

    def step() -> None:
        np.sqrt(x, out)
        np.reciprocal(out, out)

    return step


def _softplus(x: Array, out: Array) -> Step | None:
    return partial(np.logaddexp, x, np.zeros((), x.dtype), out)


def _clip(x: Array, low: Array, high: Array, out: Array) -> Step:
    def step() -> None:
        np.maximum(x, low, out=out)
        np.minimum(out, high, out=out)

    return step


def _choose(condition: Array, x1: Array, x2: Array, out: Array) -> Step:
    def step() -> None:
        np.copyto(out, x2)
        np.copyto(out, x1, where=condition)

    return step


def _divide_no_nan(x1: Array, x2: Array, out: Array) -> Step:
    here = np.empty(x2.shape, bool)

    def step() -> None:
        np.not_equal(x2, 0, here)
        out.fill(0)
        np.divide(x1, x2, out, where=here)

    return step


def _cast(x: Array, out: Array, dtype: str) -> Step | None:
    if x.dtype.kind == "c" and out.dtype.kind != "c":
        return None
    return partial(np.copyto, out, x, "unsafe")


def _copy(x: Array, out: Array, **static: Any) -> Step:
    """Copies where the result is no view: its elements are those of `x` in order."""
    return partial(np.copyto, out.reshape(x.shape), x)


def _broadcast(x: Array, out: Array, shape: Any) -> Step:
    return partial(np.copyto, out, x)


def _reduction(ufunc: Any, x: Array, axis: Any, out: Array, keepdims: bool) -> Step:
    axes = axis if isinstance(axis, tuple) else (axis,)
    if ufunc is np.add and x.ndim == 2 and len(axes) == 1 and axis is not None:
        step = _matrix_sum(x, axes[0] % 2, out)
        if step is not None:
            return step
    # By position: keywords would cost as much as a small reduction.
    return partial(ufunc.reduce, x, axis, None, out, keepdims)


def _matrix_sum(x: Array, axis: int, out: Array) -> Step | None:
    """Sums rows or columns of a small matrix as a product, in a third of the time."""
    lies_well = x.flags.c_contiguous and out.flags.c_contiguous
    if not lies_well or x.size > SMALL or x.dtype not in (np.float32, np.float64):
        return None
    ones, out = np.ones(x.shape[axis], x.dtype), out.reshape(-1)
    return partial(np.dot, x, ones, out) if axis else partial(np.dot, ones, x, out)


def _sum(x: Array, out: Array, axis: Any, keepdims: bool) -> Step | None:
    if x.dtype.name not in WIDE or x.dtype != out.dtype:
        return None
    return _reduction(np.add, x, axis, out, keepdims)


def _mean(x: Array, out: Array, axis: Any, keepdims: bool) -> Step | None:
    if x.dtype.name not in ("float32", "float64"):
        return None
    axes = range(x.ndim) if axis is None else axis if type(axis) is tuple else (axis,)
    count = np.asarray(math.prod(x.shape[i] for i in axes), x.dtype)
    add = _reduction(np.add, x, axis, out, keepdims)

    def step() -> None:
        add()
        np.divide(out, count, out)

    return step


def _sum_to(x: Array, out: Array, shape: tuple[int, ...]) -> Step | None:
    if x.dtype.name not in WIDE:
        return None
    extra = x.ndim - len(shape)
    axes = tuple(range(extra)) + tuple(
        i + extra for i, n in enumerate(shape) if n == 1 and x.shape[i + extra] != 1
    )
    left = [n for i, n in enumerate(x.shape) if i not in axes]
    return _reduction(np.add, x, axes, out.reshape(left), False)


def _extreme(ufunc: np.ufunc) -> Callable[..., Step | None]:
    def make(x: Array, out: Array, axis: Any, keepdims: bool) -> Step | None:
        if x.dtype.kind == "b":
            return None
        return _reduction(ufunc, x, axis, out, keepdims)

    return make


def _arg(find: Any) -> Callable[..., Step]:
    def make(x: Array, out: Array, axis: int) -> Step:
        shape = np.delete(x.shape, axis)
        narrow, wide = out.reshape(shape), np.empty(shape, np.intp)

        def step() -> None:
            find(x, axis, wide)
            np.copyto(narrow, wide, "unsafe")

        return step

    return make


def _dense(
    x1: Array, x2: Array, bias: Array, out: Array, activation: str | None
) -> Step | None:
    bound = onednn.bind_matmul(x1, x2, out, bias, activation)
    if bound is not None or not x1.dtype == x2.dtype == bias.dtype == out.dtype:
        return bound
    end = lower(activation, {}, [out], [out]) if activation else None

    def step() -> None:
        np.dot(x1, x2, out)
        np.add(out, bias, out)
        if end is not None:
            end()

    return step if end is not None or activation is None else None


def _matmul(x1: Array, x2: Array, out: Array) -> Step | None:
    if x1.ndim == x2.ndim == 2:
        bound = onednn.bind_matmul(x1, x2, out)
        if bound is not None:
            return bound
    if x1.dtype != out.dtype or x2.dtype != out.dtype or out.dtype.kind != "f":
        return None
    if x1.ndim == x2.ndim == 2 and out.dtype.name != "float16":
        return partial(np.dot, x1, x2, out)  # half the overhead of matmul
    return partial(np.matmul, x1, x2, out)


def _softmax(x: Array, out: Array, axis: tuple[int, ...]) -> Step | None:
    if x.dtype.name not in ("float32", "float64"):
        return None
    shape = tuple(1 if i in axis else n for i, n in enumerate(x.shape))
    row = np.empty(shape, x.dtype)
    find_largest = _reduction(np.maximum, x, axis, row, True)
    add = _reduction(np.add, out, axis, row, True)

    def step() -> None:
        find_largest()
        np.subtract(x, row, out)
        np.exp(out, out)
        add()
        np.divide(out, row, out)

    return step


def _log_softmax(x: Array, out: Array, axis: tuple[int, ...]) -> Step | None:
    if x.dtype.name not in ("float32", "float64"):
        return None
    shape = tuple(1 if i in axis else n for i, n in enumerate(x.shape))
    row, e = np.empty(shape, x.dtype), np.empty(x.shape, x.dtype)
    find_largest = _reduction(np.maximum, x, axis, row, True)
    add = _reduction(np.add, e, axis, row, True)

    def step() -> None:
        find_largest()
        np.subtract(x, row, out)
        np.exp(out, e)
        add()
        np.log(row, row)
        np.subtract(out, row, out)

    return step


def _concatenate(*arrays: Array, axis: int) -> Step:
    *inputs, out = arrays
    return partial(np.concatenate, inputs, axis, out)


_SPECIAL: dict[str, Callable[..., Step | None]] = {
    "_argmax": _arg(np.argmax),
    "_argmin": _arg(np.argmin),
    "_choose": _choose,
    "_clip": _clip,
    "_concatenate": _concatenate,
    "_log_softmax": _log_softmax,
    "_max": _extreme(np.maximum),
    "_min": _extreme(np.minimum),
    "_reshape": _copy,
    "_reshaped": _copy,
    "_softmax": _softmax,
    "_sum_to": _sum_to,
    "broadcast_to": _broadcast,
    "cast_to": _cast,
    "dense": _dense,
    "divide_no_nan": _divide_no_nan,
    "matmul": _matmul,
    "mean": _mean,
    "relu": _relu,
    "rsqrt": _rsqrt,
    "sigmoid": _sigmoid,
    "softplus": _softplus,
    "sum": _sum,
}
