"""Numbers as progress lines show them: metrics, durations, time per step."""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

__all__ = ["duration_text", "metrics_text", "step_text", "value_text"]


def value_text(value: Any) -> str:
    """Returns a metric with four decimals, small ones with an exponent.

    Args:
        value: A number, or anything else, which is shown as it is.

    Example:
        >>> value_text(0.25), value_text(0.00025)
        ('0.2500', '2.5000e-04')
    """
    try:
        array = np.asarray(value)
        number = float(array.reshape(())) if array.size == 1 else None
    except (TypeError, ValueError):
        number = None
    if number is None:
        return str(value)
    return f"{number:.4f}" if abs(number) > 1e-3 else f"{number:.4e}"


def metrics_text(values: Iterable[tuple[str, Any]]) -> str:
    """Returns metrics as they stand at the end of a line.

    Args:
        values: Pairs of name and value.

    Example:
        >>> metrics_text([("accuracy", 0.5), ("loss", 1.25)])
        ' - accuracy: 0.5000 - loss: 1.2500'
    """
    return "".join(f" - {name}: {value_text(value)}" for name, value in values)


def duration_text(seconds: float) -> str:
    """Returns a duration in hours, minutes and seconds.

    Args:
        seconds: The duration.

    Example:
        >>> duration_text(7.4), duration_text(75), duration_text(3675)
        ('7s', '1:15', '1:01:15')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}:{minutes:02d}:{rest:02d}"
    return f"{minutes}:{rest:02d}" if minutes else f"{rest}s"


def step_text(seconds: float, unit: str) -> str:
    """Returns the time that a step takes.

    Args:
        seconds: The time.
        unit: What a step is called.

    Example:
        >>> step_text(0.012, "step"), step_text(2e-5, "step"), step_text(3, "batch")
        ('12ms/step', '20us/step', '3s/batch')
    """
    if seconds >= 1 or not math.isfinite(seconds):
        return f"{seconds:.0f}s/{unit}"
    if seconds >= 1e-3:
        return f"{seconds * 1e3:.0f}ms/{unit}"
    return f"{seconds * 1e6:.0f}us/{unit}"
