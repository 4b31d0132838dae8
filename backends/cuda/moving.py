"""Copies between arrays whose axes lie in another order, by kernels of our own.

CuPy copies them element by element; here neighbours are moved together, and a matrix
that is turned goes through the memory that a block shares. `in_order` lends them to
forms that take arrays without gaps only.
"""

from collections.abc import Callable
from math import prod
from typing import Any

from kerasish.backends.base.backend import Array
from kerasish.backends.cuda import device
from kerasish.backends.cuda.building import Building
from kerasish.backends.cuda.kernels import bind_turning

__all__ = ["bind_move", "in_order"]


def bind_move(to: Array, source: Array) -> device.Step:
    """Returns a step that copies an array into memory that is there.

    Args:
        to: Array of the source's shape.
        source: Array of any strides.
    """
    order = _order(to)
    made, x = to.transpose(order), source.transpose(order)
    held = _order(x)
    base = x.transpose(held)
    if not (made.flags.c_contiguous and base.flags.c_contiguous):
        return device.copying(to, source)
    axes = tuple(held.index(i) for i in range(x.ndim))
    if to.dtype == source.dtype and to.dtype.kind != "c":
        return _turned(made, base, axes) or _moved(made, base, axes)
    return device.copying(to, source)


def _order(x: Array) -> list[int]:
    """Returns the axes in the order in which they lie, outer ones first."""
    return sorted(range(x.ndim), key=lambda i: -x.strides[i] if x.shape[i] > 1 else 0)


def _turned(to: Array, x: Array, axes: tuple[int, ...]) -> device.Step | None:
    """Returns a step for axes of which the first and the last change places."""
    first = axes[0] if axes else 0
    if not first or axes != (*range(first, x.ndim), *range(first)):
        return None
    rows = prod(x.shape[:first])
    return bind_turning(x.reshape(rows, -1), to.reshape(-1, rows))


def _moved(to: Array, x: Array, axes: tuple[int, ...]) -> device.Step:
    built = Building()
    made = built.call("_transpose", built.array(x), shape=to.shape, axes=axes)
    return built.step({made: to}) or device.copying(to, x.transpose(axes))


def in_order(form: Callable[..., Any], results: int = 1) -> Callable[..., Any]:
    """Returns a form that takes any arrays, of one that takes those without gaps.

    Operands that lie otherwise are copied in a step before it, results in one after it.

    Args:
        form: Function of operands, results (None where nobody reads one) and static
            arguments. It may refuse: then the step is None.
        results: How many of the arrays are results.
    """

    def bound(*arrays: Array | None, **static: Any) -> device.Step | None:
        given = list(arrays)
        before, after = [], []
        for i, x in enumerate(arrays):
            if x is None or x.flags.c_contiguous:
                continue
            given[i] = made = device.empty(x.shape, x.dtype)
            if i >= len(arrays) - results:
                after.append(bind_move(x, made))
            else:
                before.append(bind_move(made, x))
        if any(x is not None and not x.size for x in given):
            return None
        step = form(*given, **static)
        return device.in_turn(*before, step, *after) if step is not None else None

    return bound
