"""Flips, turns by right angles, and shifts around an axis."""

from typing import Any

from kerasish.autodiff import op
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.ops import specs
from kerasish.ops.conversion import converted
from kerasish.ops.movement import concatenate, flip, reshape, split, transpose

__all__ = ["fliplr", "flipud", "roll", "rot90"]


def _needs(x: Any, ndim: int, name: str) -> Any:
    x = converted(x)
    if len(x.shape) < ndim:
        raise ShapeError(
            f"`{name}` needs a tensor of at least {ndim} axes. "
            f"Received: shape={tuple(x.shape)}"
        )
    return x


@op
def fliplr(x: Any) -> Any:
    """Reverses the second axis.

    Args:
        x: Tensor of two axes or more.

    Example:
        >>> fliplr([[1, 2]]).tolist()
        [[2, 1]]
    """
    return flip(_needs(x, 2, "fliplr"), axis=1)


@op
def flipud(x: Any) -> Any:
    """Reverses the first axis.

    Args:
        x: Tensor of one axis or more.

    Example:
        >>> flipud([[1], [2]]).tolist()
        [[2], [1]]
    """
    return flip(_needs(x, 1, "flipud"), axis=0)


@op
def rot90(array: Any, k: int = 1, axes: Any = (0, 1)) -> Any:
    """Turns a tensor by right angles in the plane of two axes.

    Args:
        array: Tensor of two axes or more.
        k: How many turns, from the first of the axes towards the second.
        axes: The two axes.

    Raises:
        ArgumentError: If `axes` are not two different axes.

    Example:
        >>> rot90([[1, 2], [3, 4]]).tolist()
        [[2, 4], [1, 3]]
    """
    x = _needs(array, 2, "rot90")
    if len(axes) != 2:
        raise ArgumentError(f"`axes` of `rot90` must be two. Received: axes={axes}")
    first, second = (specs.canonical_axis(a, len(x.shape), "axes") for a in axes)
    if first == second:
        raise ArgumentError(f"`axes` of `rot90` must differ. Received: axes={axes}")
    order = list(range(len(x.shape)))
    order[first], order[second] = second, first
    turns = k % 4
    if turns == 0:
        return x
    if turns == 2:
        return flip(x, axis=(first, second))
    if turns == 1:
        return transpose(flip(x, axis=second), order)
    return flip(transpose(x, order), axis=second)


@op
def roll(x: Any, shift: Any, axis: Any = None) -> Any:
    """Shifts elements along axes; those that leave come in at the other end.

    Args:
        x: Tensor.
        shift: How far, or a tuple of how far along each axis.
        axis: Axis or axes; by default the tensor is taken flat and put back.

    Example:
        >>> roll([1, 2, 3], 1).tolist()
        [3, 1, 2]
    """
    x = converted(x)
    if axis is None:
        if None in x.shape:
            return x  # only reached while shapes are inferred
        return reshape(roll(reshape(x, (-1,)), shift, 0), x.shape)
    axes = [axis] if hasattr(axis, "__index__") else list(axis)
    shifts = [shift] * len(axes) if hasattr(shift, "__index__") else list(shift)
    if len(shifts) != len(axes):
        raise ArgumentError(
            "`shift` and `axis` of `roll` must be as many. "
            f"Received: shift={shift}, axis={axis}"
        )
    for distance, place in zip(shifts, axes, strict=True):
        place = specs.canonical_axis(place, len(x.shape))
        size = x.shape[place]
        if size and distance % size:
            first, last = split(x, [size - distance % size], place)
            x = concatenate([last, first], axis=place)
    return x
