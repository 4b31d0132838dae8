"""Checks of the numbers that optimizers are given."""

import math
from numbers import Real
from typing import Any

from kerasish.core.errors import ArgumentError, ArgumentTypeError

__all__ = ["check_fraction", "check_positive", "checked_rate", "checked_settings"]


def checked_rate(owner: str, value: Any) -> float:
    """Returns a learning rate as a float.

    Args:
        owner: The optimizer's class, for the message.
        value: The learning rate.

    Raises:
        ArgumentTypeError: If it is no number.
        ArgumentError: If it is negative, infinite or NaN.
    """
    try:
        number = float(value) if not isinstance(value, str | bool) else None
    except (TypeError, ValueError):
        number = None
    if number is None:
        raise ArgumentTypeError(
            f"`learning_rate` of `{owner}` must be a number, a `LearningRateSchedule` "
            f"or a function. Received: learning_rate={value!r}"
        )
    if not math.isfinite(number) or number < 0:
        raise ArgumentError(
            f"`learning_rate` of `{owner}` must be finite and not negative. "
            f"Received: learning_rate={value!r}"
        )
    return number


def check_fraction(owner: Any, one: bool = False, **values: Any) -> None:
    """Raises unless numbers are from 0 to below 1, and makes NumPy's Python's own.

    Args:
        owner: The optimizer.
        one: Whether 1 is allowed.
        **values: The numbers by argument, which is also the attribute's name.
    """
    for name, value in values.items():
        known = isinstance(value, Real) and not isinstance(value, bool)
        if not known or not (0 <= value < 1 or (one and value == 1)):
            raise ArgumentError(
                f"`{name}` of `{type(owner).__name__}` must be from 0 to "
                f"{'1' if one else 'below 1'}. Received: {name}={value!r}"
            )
        _make_plain(owner, name, value)


def check_positive(owner: Any, zero: bool = False, **values: Any) -> None:
    """Raises unless numbers are positive, and makes NumPy's Python's own.

    Args:
        owner: The optimizer.
        zero: Whether 0 is allowed.
        **values: The numbers by argument, which is also the attribute's name; None is
            allowed.
    """
    for name, value in values.items():
        if value is None:
            continue
        known = isinstance(value, Real) and not isinstance(value, bool)
        if not known or not (value > 0 or (zero and value == 0)):
            raise ArgumentError(
                f"`{name}` of `{type(owner).__name__}` must be "
                f"{'not negative' if zero else 'positive'}. Received: {name}={value!r}"
            )
        _make_plain(owner, name, value)


def checked_settings(optimizer: Any) -> None:
    """Checks what all optimizers have.

    Args:
        optimizer: The optimizer, its settings set.

    Raises:
        ArgumentError: If a number is out of range, or several kinds of clipping given.
    """
    check_positive(optimizer, zero=True, weight_decay=optimizer.weight_decay)
    clips = {
        name: getattr(optimizer, name)
        for name in ("clipnorm", "clipvalue", "global_clipnorm")
    }
    check_positive(optimizer, **clips)
    given = [name for name, value in clips.items() if value is not None]
    if len(given) > 1:
        raise ArgumentError(
            "Only one of `clipnorm`, `clipvalue` and `global_clipnorm` can be set. "
            f"Received: {', '.join(f'{n}={clips[n]}' for n in given)}"
        )
    check_positive(optimizer, loss_scale_factor=optimizer.loss_scale_factor)
    if optimizer.use_ema and not 0 <= optimizer.ema_momentum <= 1:
        raise ArgumentError(
            "`ema_momentum` must be in the range [0, 1]. "
            f"Received: ema_momentum={optimizer.ema_momentum}"
        )
    for name, least in (
        ("ema_overwrite_frequency", 1),
        ("gradient_accumulation_steps", 2),
    ):
        value = getattr(optimizer, name)
        if value is not None and (not isinstance(value, int) or value < least):
            raise ArgumentError(
                f"`{name}` must be an integer >= {least} or None. "
                f"Received: {name}={value!r}"
            )


def _make_plain(owner: Any, name: str, value: Any) -> None:
    if not isinstance(value, int | float):
        setattr(owner, name, float(value))
