"""Signature: what tells the calls of a recorded function apart.

Arrays count by shape and dtype, numbers and text by value, other objects by identity;
settings that the recorded code has read belong to it too.
"""

from types import NoneType
from typing import Any

import numpy as np

from kerasish.autodiff import Tensor
from kerasish.autodiff.mode import current as current_mode
from kerasish.backends import current as current_backend
from kerasish.core import tree
from kerasish.core.dtypes import standardize_dtype
from kerasish.core.revision import settings, surroundings
from kerasish.tracing.state import PLAIN, Same

__all__ = [
    "as_tensors",
    "data_of",
    "is_data",
    "objects_of",
    "signature_of",
    "surroundings_now",
]


def signature_of(leaves: list[Any], given: Any) -> Any:
    """Returns something to compare and to hash.

    Args:
        leaves: The arguments without their structure.
        given: The arguments.
    """
    told = tuple(f() for f in settings)
    return tuple(map(_token, leaves)), _shape_of(given), told, surroundings_now()


def surroundings_now() -> tuple[Any, ...]:
    """Returns what a recording depends on that may differ from call to call."""
    autocast = current_mode().autocast
    return (id(current_backend()), autocast, *(f() for f in surroundings))


def data_of(leaves: list[Any]) -> list[Any]:
    """Returns the arrays and tensors that are a plan's inputs.

    Args:
        leaves: The arguments without their structure.
    """
    return [x for x in leaves if is_data(x)]


def objects_of(leaves: list[Any]) -> list[Any]:
    """Returns the arguments whose attributes recorded code may read.

    Args:
        leaves: The arguments without their structure.
    """
    return [x for x in leaves if not is_data(x) and not isinstance(x, PLAIN)]


def as_tensors(given: Any) -> Any:
    """Returns arguments with tensors in place of arrays.

    Args:
        given: A structure.
    """
    backend = current_backend()

    def tensor(x: Any) -> Any:
        if not is_data(x):
            return x
        # A view of its own: arrays are told apart by identity while recording.
        if isinstance(x, np.ndarray):
            return Tensor(backend.from_numpy(x))
        return Tensor((x._array if isinstance(x, Tensor) else x)[...])

    return tree.map_structure(tensor, given)


def is_data(x: Any) -> bool:
    """Returns whether an argument is copied into a plan; text is not.

    Args:
        x: An argument.
    """
    if isinstance(x, np.ndarray):
        return x.dtype.kind not in "OSU"
    return isinstance(x, Tensor) or current_backend().is_array(x)


def _token(x: Any) -> Any:
    if is_data(x):
        return x.shape, standardize_dtype(x.dtype)
    if isinstance(x, float | complex):
        return type(x), repr(x)  # tells 0.0 from -0.0, and finds nan again
    if isinstance(x, int | str | bytes | NoneType):
        return type(x), x
    if isinstance(x, np.generic):
        return x.dtype, x.tobytes()
    return Same(x)


def _shape_of(given: Any) -> Any:
    """Returns the structure without its leaves."""
    if isinstance(given, dict):
        return tuple((key, _shape_of(given[key])) for key in sorted(given))
    if isinstance(given, list | tuple):
        return (type(given), *(_shape_of(x) for x in given))
    return None
