"""Shape rules: the shape and dtype of a result from those of the operands.

A rule gets a `TensorSpec` for each tensor, after casting, and the static arguments by
name, and returns the result's spec, or a tuple of specs. None stands for a size that
is not known yet. The rules here serve many operations; one that serves a single
operation stands beside it.
"""

from collections.abc import Callable, Sequence
from typing import Any

from kerasish.autodiff import TensorSpec
from kerasish.core.errors import ArgumentError, ArgumentTypeError, ShapeError

__all__ = [
    "boolean",
    "broadcast",
    "broadcast_boolean",
    "broadcast_shapes",
    "canonical_axes",
    "canonical_axis",
    "reduce",
    "reduced_shape",
    "same",
    "with_dtype",
]

Shape = tuple[int | None, ...]


def same(x: TensorSpec, **static: Any) -> TensorSpec:
    """The result is like the only operand."""
    return x


def boolean(x: TensorSpec, **static: Any) -> TensorSpec:
    """The result has the operand's shape and holds booleans."""
    return TensorSpec(x.shape, "bool")


def with_dtype(dtype: str) -> Callable[..., TensorSpec]:
    """Makes a rule: the first operand's shape, and this dtype."""

    def rule(x: TensorSpec, *others: TensorSpec, **static: Any) -> TensorSpec:
        return TensorSpec(x.shape, dtype)

    return rule


def broadcast(*operands: TensorSpec, **static: Any) -> TensorSpec:
    """The result has the shape that the operands broadcast to, and their dtype."""
    shape = broadcast_shapes(*(x.shape for x in operands))
    return TensorSpec(shape, operands[0].dtype)


def broadcast_boolean(*operands: TensorSpec, **static: Any) -> TensorSpec:
    """The result has the shape that the operands broadcast to; booleans."""
    return TensorSpec(broadcast_shapes(*(x.shape for x in operands)), "bool")


def reduce(x: TensorSpec, axis: Any = None, keepdims: bool = False) -> TensorSpec:
    """The result has the operand's shape less the axes reduced, and its dtype."""
    return TensorSpec(reduced_shape(x.shape, axis, keepdims), x.dtype)


def broadcast_shapes(*shapes: Sequence[int | None]) -> Shape:
    """Returns the shape that shapes broadcast to.

    Args:
        *shapes: Shapes, None where a size is unknown.

    Raises:
        ShapeError: If they do not broadcast.

    Example:
        >>> broadcast_shapes((None, 1, 3), (4, 3))
        (None, 4, 3)
    """
    ndim = max(map(len, shapes), default=0)
    padded = [(1,) * (ndim - len(s)) + tuple(s) for s in shapes]
    result: list[int | None] = []
    for sizes in zip(*padded, strict=True):
        known = {n for n in sizes if n is not None and n != 1}
        if len(known) > 1:
            shown = ", ".join(str(tuple(s)) for s in shapes)
            raise ShapeError(f"Shapes do not broadcast together. Received: {shown}")
        if known:
            result.append(known.pop())
        else:
            result.append(None if None in sizes else 1)
    return tuple(result)


def canonical_axis(axis: Any, ndim: int, name: str = "axis") -> int:
    """Returns an axis counted from 0.

    Args:
        axis: An integer from `-ndim` to `ndim - 1`.
        ndim: The number of axes.
        name: The argument's name, for the message.

    Raises:
        ArgumentTypeError: If `axis` is no integer.
        ArgumentError: If there is no such axis.

    Example:
        >>> canonical_axis(-1, 3)
        2
    """
    try:
        number = axis.__index__()
    except AttributeError as error:
        raise ArgumentTypeError(
            f"`{name}` must be an integer. Received: {name}={axis!r}"
        ) from error
    if not -ndim <= number < ndim:
        raise ArgumentError(
            f"`{name}` must be from {-ndim} to {ndim - 1} for a tensor of {ndim} axes. "
            f"Received: {name}={axis!r}"
        )
    return int(number % ndim)


def canonical_axes(axis: Any, ndim: int) -> tuple[int, ...]:
    """Returns axes counted from 0, sorted; all of them for None.

    Args:
        axis: None, an integer, or a sequence of integers.
        ndim: The number of axes.

    Raises:
        ArgumentError: If an axis does not exist or is given twice.

    Example:
        >>> canonical_axes((-1, 0), 3)
        (0, 2)
    """
    if axis is None:
        return tuple(range(ndim))
    if not isinstance(axis, list | tuple):
        return (canonical_axis(axis, ndim),)
    axes = [canonical_axis(a, ndim) for a in axis]
    if len(set(axes)) != len(axes):
        raise ArgumentError(f"`axis` names an axis twice. Received: axis={axis!r}")
    return tuple(sorted(axes))


def reduced_shape(shape: Sequence[int | None], axis: Any, keepdims: bool) -> Shape:
    """Returns a shape after a reduction over axes.

    Example:
        >>> reduced_shape((None, 3, 4), axis=1, keepdims=False)
        (None, 4)
    """
    axes = canonical_axes(axis, len(shape))
    if keepdims:
        return tuple(1 if i in axes else n for i, n in enumerate(shape))
    return tuple(n for i, n in enumerate(shape) if i not in axes)
