"""Gradients of the whole batch: the mean of those of all processes.

All gradients of a dtype are laid side by side and added up at once. Half precision goes
through float32, where a sum over many processes stays in range.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import prod
from typing import Any

from kerasish import ops
from kerasish.autodiff.collective import all_reduce
from kerasish.backends.communication import current, weight

__all__ = ["global_gradients"]

_entered: ContextVar[bool] = ContextVar("entered", default=False)


@contextmanager
def global_gradients(gradients: list[Any]) -> Iterator[list[Any]]:
    """Gives the block the gradients of the whole batch.

    Optimizers that call others inside the block give them these.

    Args:
        gradients: A gradient, or None, for each weight, of this process' part.

    Example:
        >>> with global_gradients([None]) as whole:
        ...     whole
        [None]
    """
    group = current()
    if group is None or _entered.get():
        yield gradients
        return
    token = _entered.set(True)
    try:
        yield _averaged(gradients, group.size)
    finally:
        _entered.reset(token)


def _averaged(gradients: list[Any], size: int) -> list[Any]:
    made: list[Any] = [g if g is None else ops.convert_to_tensor(g) for g in gradients]
    rows: dict[str, list[int]] = {}
    for i, g in enumerate(made):
        if g is not None:
            dtype = "float64" if g.dtype == "float64" else "float32"
            rows.setdefault(dtype, []).append(i)
    for dtype, places in rows.items():
        row = [made[i] for i in places]
        for i, g in zip(places, _averaged_row(row, dtype, size), strict=True):
            made[i] = g
    return made


def _averaged_row(row: list[Any], dtype: str, size: int) -> Iterator[Any]:
    """Yields the means of gradients that are added up in one dtype."""
    flat = ops.concatenate([ops.reshape(ops.cast(g, dtype), (-1,)) for g in row])
    counts = weight()
    total: Any = all_reduce(flat if counts == 1.0 else ops.multiply(flat, counts))
    start = 0
    for g in row:
        stop = start + prod(g.shape)
        part = ops.reshape(total[start:stop], g.shape)
        # Here, not in one piece: so it is a part of the update's loop.
        yield ops.cast(ops.multiply(part, 1.0 / size), g.dtype)
        start = stop
