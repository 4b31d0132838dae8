"""Steps that multiply matrices: by oneDNN where it is there, else by NumPy's BLAS."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from kerasish.backends.base.backend import Array
from kerasish.backends.numpy_lowering.elementwise import ELEMENTWISE
from kerasish.backends.numpy_lowering.sharing import shares, together
from kerasish.backends.numpy_lowering.steps import Step, as_dtype, copying, in_turn
from kerasish.backends.onednn.matmul import bind_matmul

__all__ = ["PRODUCTS", "multiply"]

WORTH = 64  # multiplications that are as much work as an element


def multiply(
    x1: Array,
    x2: Array,
    out: Array,
    bias: Array | None = None,
    activation: str | None = None,
) -> Step:
    """Returns a step that computes `activation(x1 @ x2 + bias)`.

    Args:
        x1: Matrix `(rows, inner)`.
        x2: Matrix `(inner, columns)` of its dtype.
        out: Matrix `(rows, columns)` of its dtype.
        bias: Vector of the columns, or None.
        activation: "relu", "tanh", "sigmoid" or None.
    """
    bound = bind_matmul(x1, x2, out, bias, activation)
    if bound is not None:
        return bound
    if bias is not None:
        end = [ELEMENTWISE["add"](out, bias, out)]
        if activation is not None:
            end.append(ELEMENTWISE[activation](out, out))
        return in_turn(multiply(x1, x2, out), *(step for step in end if step))
    if x1.dtype.kind not in "fc":
        return partial(np.matmul, x1, x2, out)
    steps: list[Step] = []
    x1, x2 = (_for_blas(x, steps) for x in (x1, x2))
    if not out.flags.c_contiguous:
        return in_turn(*steps, partial(np.matmul, x1, x2, out))
    return in_turn(*steps, partial(np.dot, x1, x2, out))  # half of matmul's overhead


def _shared(x1: Array, x2: Array, out: Array, *end: Any) -> Step:
    """Returns a product of which threads have rows, or columns if there are more."""
    rows, columns = out.shape
    work = out.size * x1.shape[1] // WORTH
    if rows >= columns:
        parts = shares(rows, work)
        return together(*(multiply(x1[i], x2, out[i], *end) for i in parts))
    bias, activation = end or (None, None)
    steps = []
    for i in shares(columns, work):
        own = None if bias is None else bias.reshape(-1)[i]
        steps.append(multiply(x1, x2[:, i], out[:, i], own, activation))
    return together(*steps)


def _stacked(x1: Array, x2: Array, out: Array) -> Step:
    """Returns products of stacks of matrices, which threads share."""
    count = len(out) if x1.ndim == x2.ndim == out.ndim > 2 else 1
    if not count == len(x1) == len(x2):
        return partial(np.matmul, x1, x2, out)
    parts = shares(count, out.size * x1.shape[-1] // WORTH)
    return together(*(partial(np.matmul, x1[i], x2[i], out[i]) for i in parts))


def _for_blas(x: Array, steps: list[Step]) -> Array:
    """Returns a matrix whose rows or columns have no gaps, which BLAS would copy."""
    strides = [s for s, n in zip(x.strides, x.shape, strict=True) if n > 1]
    if not x.size or all(s > 0 for s in strides) and x.itemsize in x.strides:
        return x
    made = np.empty(x.shape, x.dtype)
    steps.append(copying(made, x))
    return made


def _matmul(x1: Array, x2: Array, out: Array) -> Step:
    steps: list[Step] = []
    kind = np.dtype("int32") if out.dtype.kind == "b" else out.dtype
    x1, x2 = (as_dtype(x, kind, steps) for x in (x1, x2))
    made = out if kind == out.dtype else np.empty(out.shape, kind)
    if x1.ndim > 2 and x2.ndim == 2 and x1.flags.c_contiguous:
        # One product instead of a stack of small ones.
        rows = x1.reshape(-1, x1.shape[-1])
        steps.append(_shared(rows, x2, made.reshape(len(rows), x2.shape[1])))
    elif x1.ndim == x2.ndim == 2:
        steps.append(_shared(x1, x2, made))
    else:
        steps.append(_stacked(x1, x2, made))
    return in_turn(*steps, *([] if made is out else [copying(out, made)]))


def _dense(
    x1: Array, x2: Array, bias: Array, out: Array, activation: str | None
) -> Step | None:
    if not x1.dtype == x2.dtype == bias.dtype == out.dtype:
        return None
    return _shared(x1, x2, out, bias, activation)


PRODUCTS: dict[str, Callable[..., Step | None]] = {"dense": _dense, "matmul": _matmul}
