"""Repeating elements, and whole tensors."""

from typing import Any

from kerasish.autodiff import op
from kerasish.autodiff.casting import as_tensor
from kerasish.core.errors import ArgumentError
from kerasish.ops import specs
from kerasish.ops.conversion import converted
from kerasish.ops.movement import _slice, concatenate, expand_dims, ravel, reshape

__all__ = ["repeat", "tile"]


@op
def repeat(x: Any, repeats: Any, axis: Any = None) -> Any:
    """Repeats each element along an axis.

    Args:
        x: Tensor.
        repeats: How often, or a list of how often for each; not negative.
        axis: Axis; by default the tensor is taken flat.

    Raises:
        ArgumentError: If `repeats` is negative or has not as many numbers as the axis.

    Example:
        >>> repeat([1, 2], 2).tolist()
        [1, 1, 2, 2]
    """
    x = converted(x)
    if axis is None:
        x, axis = ravel(x), 0
    axis = specs.canonical_axis(axis, len(x.shape))
    size = x.shape[axis]
    counts = _counts(repeats, size)
    if not any(counts):
        return _slice(x, axis=axis, start=0, stop=0)
    if len(counts) == 1:
        wide = concatenate([expand_dims(x, axis + 1)] * counts[0], axis=axis + 1)
        shape = [-1 if n is None else n for n in x.shape]
        shape[axis] = -1 if size is None else size * counts[0]
        return reshape(wide, tuple(shape))
    slices = [_slice(x, axis=axis, start=i, stop=i + 1) for i in range(size)]
    joined = [s for s, n in zip(slices, counts, strict=True) for _ in range(n)]
    return concatenate(joined, axis=axis)


def _counts(repeats: Any, size: int | None) -> list[int]:
    """Returns how often each element comes, a single number for all the same."""
    if hasattr(repeats, "__index__"):
        counts = [int(repeats)]
    else:
        counts = [int(n) for n in as_tensor(repeats).tolist()]
    if min(counts, default=0) < 0:
        raise ArgumentError(
            f"`repeats` of `repeat` must not be negative. Received: {repeats!r:.80}"
        )
    if len(counts) not in (1, size):
        raise ArgumentError(
            f"`repeats` of `repeat` must be a number, or one for each of the {size} "
            f"elements of the axis. Received: {len(counts)} numbers"
        )
    return counts


@op
def tile(x: Any, repeats: Any) -> Any:
    """Repeats a whole tensor along its axes.

    Args:
        x: Tensor.
        repeats: How often along each axis, from the last.

    Example:
        >>> tile([1, 2], 2).tolist()
        [1, 2, 1, 2]
    """
    x = converted(x)
    counts = (repeats,) if hasattr(repeats, "__index__") else tuple(repeats)
    counts = (1,) * (len(x.shape) - len(counts)) + counts
    while len(x.shape) < len(counts):
        x = expand_dims(x, 0)
    for axis, count in enumerate(counts):
        if count != 1:
            x = concatenate([x] * int(count), axis=axis)
    return x
