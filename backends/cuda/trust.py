"""Trust: a way to compute that few programs take is compared with a plain one, once.

Libraries accept some problems whose numbers nobody has looked at. A small one is then
computed both ways on this device, when a step of its kind is first bound.
"""

import warnings
from collections.abc import Callable, Hashable, Iterable
from typing import Any

import numpy as np

from kerasish.backends.base.backend import Array
from kerasish.backends.cuda import device
from kerasish.core.errors import KerasishWarning

__all__ = ["is_right"]

# Of the norm: more than bfloat16 and TF32 round, less than a wrong order makes.
NEAR = 3e-2

_known: dict[Hashable, bool] = {}


Compare = Callable[[], Iterable[tuple[Array, Array]]]


def is_right(what: str, key: Hashable, compare: Compare, told: bool = True) -> bool:
    """Returns whether a way to compute gives the numbers that it should.

    Args:
        what: What is compared, for the warning where it does not.
        key: What tells it from others.
        compare: Computes both ways; returns pairs of a result and what is expected. It
            may raise, where the library refuses.
        told: Whether a warning says so where it does not.

    Returns:
        What was found once in the process; False in a capture, when nothing is tried.
    """
    cuda = device.library().cuda
    place = int(cuda.runtime.getDevice()), what, key
    if place not in _known:
        if cuda.get_current_stream().is_capturing():
            return False
        _known[place] = _agrees(what, compare, told)
    return _known[place]


def _agrees(what: str, compare: Compare, told: bool) -> bool:
    try:
        pairs = [tuple(map(_on_host, pair)) for pair in compare()]
    except Exception:  # of whatever kind: there is the plain way
        return False
    errors = [np.linalg.norm(x - y) / np.linalg.norm(y) for x, y in pairs]
    if all(error < NEAR for error in errors):
        return True
    if told:
        warnings.warn(
            f"{what} gives other numbers than the plain way on this GPU (relative "
            f"error {max(errors):.2g}), so the plain way is taken. The results are "
            "right; please report the versions of the GPU's libraries.",
            KerasishWarning,
            stacklevel=2,
        )
    return False


def _on_host(x: Array) -> Any:
    return device.library().asnumpy(x).astype(np.float64)
