"""Steps that multiply matrices: by oneDNN where it is there, else by NumPy's BLAS."""

from collections.abc import Callable
from functools import partial

import numpy as np

from kerasish.backends.base.backend import Array
from kerasish.backends.numpy_lowering.elementwise import ELEMENTWISE
from kerasish.backends.numpy_lowering.steps import Step, as_dtype, copying, in_turn
from kerasish.backends.onednn.matmul import bind_matmul

__all__ = ["PRODUCTS", "multiply"]


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
    if x1.dtype.kind not in "fc" or not out.flags.c_contiguous:
        return partial(np.matmul, x1, x2, out)
    steps: list[Step] = []
    x1, x2 = (_for_blas(x, steps) for x in (x1, x2))
    return in_turn(*steps, partial(np.dot, x1, x2, out))  # half of matmul's overhead


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
        steps.append(multiply(rows, x2, made.reshape(len(rows), x2.shape[1])))
    elif x1.ndim == x2.ndim == 2:
        steps.append(multiply(x1, x2, made))
    else:
        steps.append(partial(np.matmul, x1, x2, made))
    return in_turn(*steps, *([] if made is out else [copying(out, made)]))


def _dense(
    x1: Array, x2: Array, bias: Array, out: Array, activation: str | None
) -> Step | None:
    if not x1.dtype == x2.dtype == bias.dtype == out.dtype:
        return None
    return multiply(x1, x2, out, bias, activation)


PRODUCTS: dict[str, Callable[..., Step | None]] = {"dense": _dense, "matmul": _matmul}
