"""Products of matrices with bias and activation."""

from collections.abc import Callable
from typing import Any

import numpy as np

from kerasish.backends.onednn import loading
from kerasish.backends.onednn.making import (
    BIAS,
    DESTINATION,
    SOURCE,
    WEIGHTS,
    Making,
    can_lie,
)

__all__ = ["bind_matmul"]

LARGE = 65536  # elements of a matrix by which BLAS multiplies one row in half the time
HALF = ("bfloat16", "float16")


def bind_matmul(
    x1: np.ndarray,
    x2: np.ndarray,
    out: np.ndarray,
    bias: np.ndarray | None = None,
    activation: str | None = None,
) -> Callable[[], Any] | None:
    """Returns a function that computes `activation(x1 @ x2 + bias)` into `out`.

    Args:
        x1: Matrix `(rows, inner)`, or a stack of them, of any strides.
        x2: Matrix `(inner, columns)`, or a stack of them, of any strides.
        out: Matrix `(rows, columns)`, or a stack; as many axes as the operands.
        bias: Vector of the columns, or None.
        activation: "relu", "tanh", "sigmoid" or None.

    Returns:
        A function without arguments; None if the library is missing or refuses.
    """
    found = loading.library()
    arrays = [x1, x2, out, *([] if bias is None else [bias])]
    kind = out.dtype.name
    if found is None or any(a.dtype.name != kind for a in arrays):
        return None
    if kind not in ("float32", *HALF) or not can_lie(*arrays):
        return None
    if bias is not None and not bias.flags.c_contiguous:
        return None
    if x1.ndim == 2 and len(x1) == 1 and x2.size >= LARGE:
        return None
    making = Making(found)
    try:
        layouts = {SOURCE: making.layout(x1), WEIGHTS: making.layout(x2)}
        layouts[DESTINATION] = making.layout(out)
        if bias is not None:
            bias = bias.reshape(*(1,) * (out.ndim - 1), -1)
            layouts[BIAS] = making.layout(bias)
        description = making.description(
            "matmul",
            layouts[SOURCE],
            layouts[WEIGHTS],
            layouts.get(BIAS),
            layouts[DESTINATION],
            making.attributes(activation),
        )
        given = {SOURCE: x1, WEIGHTS: x2, DESTINATION: out, BIAS: bias}
        memories = {k: making.memory(layout, given[k]) for k, layout in layouts.items()}
        return making.execution(description, memories, arrays)
    except loading.Refused:
        return None
