"""Repeating elements, and whole tensors."""

from typing import Any

from kerasish.autodiff import op
from kerasish.autodiff.casting import as_tensor
from kerasish.ops import specs
from kerasish.ops.conversion import converted
from kerasish.ops.movement import _slice, concatenate, expand_dims, ravel, reshape

__all__ = ["repeat", "tile"]


@op
def repeat(x: Any, repeats: Any, axis: Any = None) -> Any:
    """Repeats each element along an axis.

    Args:
        x: Tensor.
        repeats: How often, or a list of how often for each.
        axis: Axis; by default the tensor is taken flat.

    Example:
        >>> repeat([1, 2], 2).tolist()
        [1, 1, 2, 2]
    """
    x = converted(x)
    if axis is None:
        x, axis = ravel(x), 0
    axis = specs.canonical_axis(axis, len(x.shape))
    size = x.shape[axis]
    if hasattr(repeats, "__index__"):
        wide = concatenate([expand_dims(x, axis + 1)] * int(repeats), axis=axis + 1)
        shape = [-1 if n is None else n for n in x.shape]
        shape[axis] = -1 if size is None else size * int(repeats)
        return reshape(wide, tuple(shape))
    counts = [int(n) for n in as_tensor(repeats).tolist()]
    if len(counts) == 1:
        return repeat(x, counts[0], axis)
    slices = [_slice(x, axis=axis, start=i, stop=i + 1) for i in range(size)]
    joined = [s for s, n in zip(slices, counts, strict=True) for _ in range(n)]
    return concatenate(joined, axis=axis)


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
