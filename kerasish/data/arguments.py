"""Checks of plain arguments of the training loop: sizes, steps, fractions, seeds."""

import operator
from typing import Any

import numpy as np

from kerasish.core.errors import ArgumentError, ArgumentTypeError

__all__ = [
    "DEFAULT_BATCH_SIZE",
    "check_batch_size",
    "check_count",
    "check_steps",
    "check_validation_split",
    "make_rng",
    "steps_name",
]

DEFAULT_BATCH_SIZE = 32


def check_count(value: Any, name: str, owner: str, least: int = 1) -> int:
    """Returns a whole number that is at least `least`, as an `int`.

    Args:
        value: What was given; NumPy integers count as whole numbers, `bool` does not.
        name: Name of the argument, for the message.
        owner: Name of the function or class that has it.
        least: Smallest value allowed.

    Raises:
        TypeError: If it is not a whole number.
        ValueError: If it is smaller than `least`.

    Example:
        >>> check_count(3, "batch_size", "fit")
        3
    """
    sign = "a positive integer" if least == 1 else f"an integer of at least {least}"
    message = f"`{name}` of `{owner}` must be {sign}. Received: {name}={value!r}"
    if isinstance(value, (bool, np.bool_)):
        raise ArgumentTypeError(message)
    try:
        count = operator.index(value)
    except TypeError:
        raise ArgumentTypeError(message) from None
    if count < least:
        raise ArgumentError(message)
    return count


def check_batch_size(
    batch_size: Any, caller: str = "fit", name: str = "batch_size"
) -> int:
    """Returns the batch size, 32 where it is `None`.

    Args:
        batch_size: A positive integer or `None`.
        caller: Name of the function it was given to, for the message.
        name: Name of the argument there.

    Raises:
        TypeError: If it is not a whole number.
        ValueError: If it is not positive.

    Example:
        >>> check_batch_size(None)
        32
    """
    if batch_size is None:
        return DEFAULT_BATCH_SIZE
    return check_count(batch_size, name, caller)


def check_steps(steps: Any, caller: str = "fit", name: str | None = None) -> int | None:
    """Returns a checked number of steps, `None` for as many as the data has.

    Args:
        steps: A positive integer or `None`.
        caller: Name of the function it was given to, for the message.
        name: Name of the argument there, by default what `caller` calls it.

    Raises:
        TypeError: If it is not a whole number.
        ValueError: If it is not positive.

    Example:
        >>> check_steps(None) is None, check_steps(5)
        (True, 5)
    """
    if steps is None:
        return None
    return check_count(steps, name or steps_name(caller), caller)


def steps_name(caller: str) -> str:
    """Returns what a function calls its number of steps.

    Args:
        caller: Name of the function, as `"fit"`.

    Example:
        >>> steps_name("fit"), steps_name("evaluate")
        ('steps_per_epoch', 'steps')
    """
    names = {"fit": "steps_per_epoch", "validation_data": "validation_steps"}
    return names.get(caller, "steps")


def check_validation_split(split: Any, caller: str = "fit") -> float:
    """Returns a checked fraction of the samples that is held back.

    Args:
        split: A number greater than 0 and less than 1.
        caller: Name of the function it was given to, for the message.

    Raises:
        TypeError: If it is not a number.
        ValueError: If it is not between 0 and 1, or NaN.

    Example:
        >>> check_validation_split(0.25)
        0.25
    """
    message = (
        f"`validation_split` of `{caller}` must be a number greater than 0 and less "
        f"than 1. Received: validation_split={split!r}"
    )
    real = isinstance(split, (int, float, np.integer, np.floating))
    if isinstance(split, bool) or not real:
        raise ArgumentTypeError(message)
    fraction = float(split)
    if not 0.0 < fraction < 1.0:
        raise ArgumentError(message)
    return fraction


def make_rng(seed: Any = None) -> np.random.Generator:
    """Makes a NumPy generator out of a seed.

    Without a seed the start is drawn from NumPy's global random state, so that
    `set_random_seed` decides the order of a shuffle too.

    Args:
        seed: A non-negative integer, a generator (returned as it is), or `None`.

    Raises:
        TypeError: If it is none of these.
        ValueError: If it is negative.

    Example:
        >>> make_rng(0).permutation(4).tolist()
        [2, 0, 1, 3]
    """
    if isinstance(seed, np.random.Generator):
        return seed
    if seed is None:
        return np.random.default_rng(np.random.randint(0, 2**31 - 1, size=4))
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        raise ArgumentTypeError(
            "`seed` of a shuffle must be an integer, a `numpy.random.Generator` or "
            f"None. Received: seed={seed!r}"
        )
    if seed < 0:
        raise ArgumentError(
            f"`seed` of a shuffle must not be negative. Received: seed={seed!r}"
        )
    return np.random.default_rng(int(seed))
