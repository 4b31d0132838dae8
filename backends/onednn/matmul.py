"""Products of matrices with bias and activation."""

from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.array_utils import byte_bounds

from kerasish.backends.onednn import loading
from kerasish.backends.onednn.making import (
    BIAS,
    DESTINATION,
    SCRATCHPAD,
    SOURCE,
    WEIGHTS,
    Execution,
    Making,
    can_lie,
)

__all__ = ["Packed", "bind_matmul"]

LARGE = 65536  # elements of a matrix by which BLAS multiplies one row in half the time
HALF = ("bfloat16", "float16")


def bind_matmul(
    x1: np.ndarray,
    x2: np.ndarray,
    out: np.ndarray,
    bias: np.ndarray | None = None,
    activation: str | None = None,
) -> Execution | None:
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
    step = _bound(x1, x2, out, bias, activation)
    if step is not None and len(out) > 1:
        step.cut = partial(_cut, x1, x2, out, bias, activation)
        step.extents = partial(_extents, x1, x2, out, bias)
        step.weights = _key(x2)
    return step


class Packed(NamedTuple):
    """Weights in the order that the library likes best.

    Args:
        layout: That order.
        memory: The weights in it.
        pack: The step that puts them there.
    """

    layout: Any
    memory: Any
    pack: Execution


def _bound(
    x1: np.ndarray,
    x2: np.ndarray,
    out: np.ndarray,
    bias: np.ndarray | None,
    activation: str | None,
    shared: dict[Any, list[Packed]] | None = None,
) -> Execution | None:
    """Returns the execution; one of several at a time is told what they share."""
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
    packs = shared is not None and _key(x2) in shared
    try:
        layouts = {SOURCE: making.layout(x1), DESTINATION: making.layout(out)}
        layouts[WEIGHTS] = making.any_layout(x2) if packs else making.layout(x2)
        if bias is not None:
            bias = bias.reshape(*(1,) * (out.ndim - 1), -1)
            layouts[BIAS] = making.layout(bias)
        description = making.description(
            "matmul",
            layouts[SOURCE],
            layouts[WEIGHTS],
            layouts.get(BIAS),
            layouts[DESTINATION],
            making.attributes(activation, shared is not None),
        )
        given = {SOURCE: x1, WEIGHTS: x2, DESTINATION: out, BIAS: bias}
        memories = {
            argument: making.memory(layout, given[argument])
            for argument, layout in layouts.items()
            if argument != WEIGHTS or not packs
        }
        if shared is not None:
            scratch = making.asked(description, SCRATCHPAD)
            memories[SCRATCHPAD] = making.memory(scratch)
        if shared is not None and packs:
            memories[WEIGHTS] = _packed(making, description, x2, shared)
        return making.execution(description, memories, arrays)
    except loading.Refused:
        return None


def _key(x2: np.ndarray) -> Any:
    """Returns what tells weights from others."""
    return x2.ctypes.data, x2.shape, x2.strides


def _packed(
    making: Making, description: Any, x2: np.ndarray, shared: dict[Any, list[Packed]]
) -> Any:
    """Returns the memory of weights that several products share, in the best order.

    Which that is may depend on the number of rows, so that there are several.
    """
    wanted, held = making.asked(description, WEIGHTS), shared[_key(x2)]
    for packed in held:
        if making.agree(packed.layout, wanted):
            return packed.memory
    steps: list[Execution] = []
    memory = making.ordered(description, WEIGHTS, x2, steps)
    held += [Packed(wanted, memory, step) for step in steps]
    return memory


def _rows(
    x1: np.ndarray, x2: np.ndarray, out: np.ndarray, rows: Any
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns the operands and the result of a share of the rows, or of the stack."""
    part = slice(*rows.of(len(out)))
    stacked = x2.ndim > 2 and len(x2) > 1
    first = x1[part] if x1.ndim == 2 or len(x1) > 1 else x1
    return first, x2[part] if stacked else x2, out[part]


def _cut(
    x1: np.ndarray,
    x2: np.ndarray,
    out: np.ndarray,
    bias: np.ndarray | None,
    activation: str | None,
    rows: Any,
    shared: dict[Any, list[Packed]],
) -> Execution | None:
    """Returns the execution for a share of the rows, by one thread."""
    pool = loading.threads()
    count = pool.get_num_threads() if pool is not None else 1
    try:
        if pool is not None:
            pool.set_num_threads(1)
        x1, x2, out = _rows(x1, x2, out, rows)
        return _bound(x1, x2, out, bias, activation, shared)
    finally:
        if pool is not None:
            pool.set_num_threads(count)


def _extents(
    x1: np.ndarray, x2: np.ndarray, out: np.ndarray, bias: np.ndarray | None, rows: Any
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]] | None:
    """Returns the memory that a share of the rows reads and writes, if it has any."""
    *read, written = _rows(x1, x2, out, rows)
    if not written.size:
        return None
    if bias is not None:
        read.append(bias)
    return [byte_bounds(x) for x in read], [byte_bounds(written)]
