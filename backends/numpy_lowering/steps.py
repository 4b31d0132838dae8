"""What the steps of a plan are made of: calls in turn, and operands made fit for them.

Memory is made when a step is bound; running it makes none.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from kerasish.backends.base.backend import Array

__all__ = ["HALF", "Step", "as_dtype", "as_rows", "copying", "in_turn", "through"]

Step = Callable[[], Any]
HALF = ("float16", "bfloat16")


def in_turn(*steps: Step) -> Step:
    """Returns one step of several.

    Args:
        *steps: None for a step that does nothing.
    """
    if len(steps) == 1:
        return steps[0]
    run = _both(*steps) if len(steps) == 2 else _all(steps)
    run.is_native = all(getattr(s, "is_native", False) for s in steps)  # type: ignore[attr-defined]
    return run


def _both(first: Step, second: Step) -> Step:
    def run() -> None:
        first()
        second()

    return run


def _all(steps: tuple[Step, ...]) -> Step:
    def run() -> None:
        for step in steps:
            step()

    return run


def copying(to: Array, source: Array) -> Step:
    """Returns a step that copies elements, whatever their dtypes."""
    return partial(np.copyto, to, source, "unsafe")


def as_dtype(x: Array, dtype: Any, steps: list[Step]) -> Array:
    """Returns an array, or memory of another dtype that a step fills.

    Args:
        x: The array.
        dtype: Its dtype from now on.
        steps: Gets that step.
    """
    if x.dtype == dtype:
        return x
    made = np.empty(x.shape, dtype)
    steps.append(copying(made, x))
    return made


def as_rows(x: Array, steps: list[Step]) -> Array:
    """Returns an array, or memory without gaps that a step fills."""
    if x.flags.c_contiguous:
        return x
    made = np.empty(x.shape, x.dtype)
    steps.append(copying(made, x))
    return made


def through(
    form: Callable[..., Step | None],
    dtype: str,
    inputs: list[Array],
    out: Array,
    static: dict[str, Any],
) -> Step | None:
    """Returns a step that computes half precision in a wider dtype, or None.

    Args:
        form: Binds the wide arrays.
        dtype: The wide dtype.
        inputs: The operands; those that are not of half precision stay as they are.
        out: The result.
        static: Arguments of `form`.
    """
    steps: list[Step] = []
    given = [as_dtype(x, dtype, steps) if _is_half(x) else x for x in inputs]
    wide = np.empty(out.shape, dtype) if _is_half(out) else out
    step = form(*given, wide, **static)
    if step is None:
        return None
    steps.append(step)
    return in_turn(*steps, *([] if wide is out else [copying(out, wide)]))


def _is_half(x: Array) -> bool:
    return x.dtype.name in HALF
