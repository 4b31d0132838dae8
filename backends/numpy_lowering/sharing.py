"""Steps that threads share, each of them over images or rows of its own."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from kerasish.backends import numpy_team
from kerasish.backends.numpy_lowering.steps import Step, in_turn

__all__ = ["by_images", "shares", "summed_by_images", "together"]

LARGE = 1 << 15  # elements that are worth a second thread
Form = Callable[..., Step | None]


def shares(count: int, elements: int) -> list[slice]:
    """Returns which rows each thread takes; one share where there is little to do.

    Args:
        count: How many rows there are.
        elements: How many elements they have or stand for.
    """
    if elements < LARGE:
        return [slice(0, count)]
    threads = min(numpy_team.size(), count) or 1
    ends = [count * i // threads for i in range(threads + 1)]
    return [slice(*pair) for pair in zip(ends, ends[1:], strict=False)]


def together(*steps: Step) -> Step:
    """Returns one step of several that run at the same time.

    Args:
        *steps: They write into memory of their own.
    """
    if len(steps) == 1:
        return steps[0]
    return partial(numpy_team.run_together, steps)


def by_images(form: Form, *places: int) -> Form:
    """Returns a form whose images threads share.

    Args:
        form: Binds operands, results and static arguments.
        *places: Which of the arrays hold images or rows; such an array may be None.
    """

    def bind(*arrays: Any, **static: Any) -> Step | None:
        parts = _parts(arrays, places)
        steps = [form(*_cut(arrays, places, part), **static) for part in parts]
        found = [step for step in steps if step is not None]
        return together(*found) if len(found) == len(steps) else None

    return bind


def summed_by_images(form: Form, *places: int) -> Form:
    """Returns a form whose images threads share, and whose results are then added.

    Args:
        form: Binds operands, one result, which is no image, and static arguments.
        *places: Which of the arrays hold images.
    """

    def bind(*arrays: Any, **static: Any) -> Step | None:
        *inputs, out = arrays
        parts = _parts(arrays, places)
        made = [out, *(np.empty(out.shape, out.dtype) for _ in parts[1:])]
        steps = [
            form(*_cut(inputs, places, part), own, **static)
            for part, own in zip(parts, made, strict=True)
        ]
        found = [step for step in steps if step is not None]
        if len(found) < len(steps):
            return None
        sums = [partial(np.add, out, own, out) for own in made[1:]]
        return in_turn(together(*found), *sums)

    return bind


def _parts(arrays: Any, places: tuple[int, ...]) -> list[slice]:
    held = [arrays[i] for i in places if arrays[i] is not None]
    return shares(len(held[0]), max(x.size for x in held))


def _cut(arrays: Any, places: tuple[int, ...], part: slice) -> list[Any]:
    return [
        x[part] if i in places and x is not None else x for i, x in enumerate(arrays)
    ]
