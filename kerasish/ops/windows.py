"""Windows that taper signals towards their ends."""

import math
from typing import Any

from kerasish.autodiff import op
from kerasish.core.config import floatx
from kerasish.ops.arithmetic import add, divide, multiply, subtract
from kerasish.ops.conversion import cast, converted
from kerasish.ops.creation import arange, ones
from kerasish.ops.exponentials import sqrt
from kerasish.ops.extremes import maximum
from kerasish.ops.rounding import absolute
from kerasish.ops.special import i0
from kerasish.ops.trigonometry import cos

__all__ = ["bartlett", "blackman", "hamming", "hanning", "kaiser"]


def _size(x: Any) -> int:
    return int(x)


def _places(size: int) -> Any:
    """Returns numbers from -1 to 1, evenly spaced."""
    steps = arange(1 - size, size, 2, dtype=floatx())
    return divide(steps, float(max(size - 1, 1)))


def _cosines(x: Any, *weights: float) -> Any:
    size = _size(x)
    if size <= 1:
        return ones((max(size, 0),))
    angle = multiply(_places(size), math.pi)
    total: Any = weights[0]
    for k, weight in enumerate(weights[1:], start=1):
        total = add(total, multiply(cos(multiply(angle, k)), weight))
    return total


@op
def bartlett(x: Any) -> Any:
    """Makes the triangular window `1 - |t|`, t from -1 to 1.

    Args:
        x: How many points.

    Returns:
        Flat tensor of the default float.

    Example:
        >>> [round(w, 3) for w in bartlett(3).tolist()]
        [0.0, 1.0, 0.0]
    """
    size = _size(x)
    if size <= 1:
        return ones((max(size, 0),))
    return subtract(1.0, absolute(_places(size)))


@op
def blackman(x: Any) -> Any:
    """Makes the window `0.42 + 0.5 cos(pi t) + 0.08 cos(2 pi t)`, t from -1 to 1.

    Args:
        x: How many points.

    Returns:
        Flat tensor of the default float.

    Example:
        >>> [abs(round(w, 3)) for w in blackman(3).tolist()]
        [0.0, 1.0, 0.0]
    """
    return _cosines(x, 0.42, 0.5, 0.08)


@op
def hamming(x: Any) -> Any:
    """Makes the window `0.54 + 0.46 cos(pi t)`, t from -1 to 1.

    Args:
        x: How many points.

    Returns:
        Flat tensor of the default float.

    Example:
        >>> [round(w, 3) for w in hamming(3).tolist()]
        [0.08, 1.0, 0.08]
    """
    return _cosines(x, 0.54, 0.46)


@op
def hanning(x: Any) -> Any:
    """Makes the window `0.5 + 0.5 cos(pi t)`, t from -1 to 1.

    Args:
        x: How many points.

    Returns:
        Flat tensor of the default float.

    Example:
        >>> [round(w, 3) for w in hanning(3).tolist()]
        [0.0, 1.0, 0.0]
    """
    return _cosines(x, 0.5, 0.5)


@op
def kaiser(x: Any, beta: Any) -> Any:
    """Makes the window `I0(beta sqrt(1 - t^2)) / I0(beta)`, t from -1 to 1.

    Args:
        x: How many points.
        beta: How narrow it is; 0 makes it rectangular.

    Returns:
        Flat tensor of the default float.

    Example:
        >>> [round(w, 3) for w in kaiser(3, 2.0).tolist()]
        [0.439, 1.0, 0.439]
    """
    size = _size(x)
    beta = cast(converted(beta), floatx())
    if size <= 1:
        return ones((max(size, 0),))
    places = _places(size)
    height = maximum(subtract(1.0, multiply(places, places)), 0.0)
    return divide(i0(multiply(beta, sqrt(height))), i0(beta))
