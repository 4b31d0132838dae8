"""Joining and splitting tensors along their first, second or third axis."""

from typing import Any

from kerasish.autodiff import op
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.ops import specs
from kerasish.ops.conversion import converted
from kerasish.ops.movement import concatenate, ravel, reshape, split

__all__ = [
    "append",
    "array_split",
    "dsplit",
    "dstack",
    "hsplit",
    "hstack",
    "vsplit",
    "vstack",
]


@op
def append(x1: Any, x2: Any, axis: int | None = None) -> Any:
    """Joins two tensors along an axis.

    Args:
        x1: Tensor.
        x2: Tensor that agrees with `x1` in all other axes.
        axis: The axis; by default both are taken flat.

    Returns:
        Tensor of the common dtype.

    Example:
        >>> append([1, 2], [[3], [4]]).tolist()
        [1, 2, 3, 4]
    """
    if axis is None:
        return concatenate([ravel(x1), ravel(x2)])
    return concatenate([x1, x2], axis=axis)


def _at_least(x: Any, ndim: int) -> Any:
    x = converted(x)
    shape = [-1 if n is None else n for n in x.shape]
    if len(shape) >= ndim:
        return x
    if ndim == 3:
        shape = ([1, *shape, 1] if len(shape) < 2 else [*shape, 1]) or [1]
    return reshape(x, (1,) * (ndim - len(shape)) + tuple(shape))


@op
def hstack(xs: Any) -> Any:
    """Joins tensors along the second axis, vectors along their only one.

    Args:
        xs: List of tensors.

    Returns:
        Tensor of the common dtype.

    Example:
        >>> hstack([[[1], [2]], [[3], [4]]]).tolist()
        [[1, 3], [2, 4]]
    """
    parts = [_at_least(x, 1) for x in xs]
    return concatenate(parts, axis=0 if len(parts[0].shape) == 1 else 1)


@op
def vstack(xs: Any) -> Any:
    """Joins tensors along the first axis; vectors become rows.

    Args:
        xs: List of tensors.

    Returns:
        Tensor of the common dtype.

    Example:
        >>> vstack([[1, 2], [3, 4]]).tolist()
        [[1, 2], [3, 4]]
    """
    return concatenate([_at_least(x, 2) for x in xs], axis=0)


@op
def dstack(xs: Any) -> Any:
    """Joins tensors along the third axis.

    Args:
        xs: List of tensors; `(n,)` counts as `(1, n, 1)`, `(m, n)` as `(m, n, 1)`.

    Returns:
        Tensor of the common dtype.

    Example:
        >>> dstack([[1, 2], [3, 4]]).tolist()
        [[[1, 3], [2, 4]]]
    """
    return concatenate([_at_least(x, 3) for x in xs], axis=2)


@op
def array_split(x: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """Splits a tensor along an axis into parts that may differ by one in size.

    Args:
        x: Tensor.
        indices_or_sections: How many parts, or where the parts begin.
        axis: The axis.

    Returns:
        List of tensors.

    Raises:
        ArgumentError: If the number of parts is not positive.

    Example:
        >>> [part.tolist() for part in array_split([1, 2, 3], 2)]
        [[1, 2], [3]]
    """
    x = converted(x)
    axis = specs.canonical_axis(axis, len(x.shape))
    if not hasattr(indices_or_sections, "__index__"):
        return split(x, indices_or_sections, axis)
    count, size = int(indices_or_sections), x.shape[axis]
    if count < 1 or size is None:
        raise ArgumentError(
            "`array_split` needs a positive number of parts and an axis of known "
            f"size. Received: indices_or_sections={count}, shape={tuple(x.shape)}"
        )
    least, longer = divmod(size, count)
    starts = [i * least + min(i, longer) for i in range(1, count)]
    return split(x, starts, axis)


def _split_at(x: Any, parts: Any, axis: int, name: str) -> Any:
    x = converted(x)
    if len(x.shape) <= axis:
        raise ShapeError(
            f"`{name}` needs a tensor of at least {axis + 1} axes. "
            f"Received: shape={tuple(x.shape)}"
        )
    return split(x, parts, axis)


@op
def hsplit(x: Any, indices_or_sections: Any) -> Any:
    """Splits a tensor along its second axis, a vector along its only one.

    Args:
        x: Tensor.
        indices_or_sections: How many equal parts, or where the parts begin.

    Returns:
        List of tensors.

    Example:
        >>> [part.tolist() for part in hsplit([[1, 2]], 2)]
        [[[1]], [[2]]]
    """
    x = converted(x)
    return _split_at(x, indices_or_sections, 0 if len(x.shape) == 1 else 1, "hsplit")


@op
def vsplit(x: Any, indices_or_sections: Any) -> Any:
    """Splits a tensor of two axes or more along its first axis.

    Args:
        x: Tensor.
        indices_or_sections: How many equal parts, or where the parts begin.

    Returns:
        List of tensors.

    Example:
        >>> [part.tolist() for part in vsplit([[1], [2]], 2)]
        [[[1]], [[2]]]
    """
    x = converted(x)
    if len(x.shape) < 2:
        return _split_at(x, indices_or_sections, 1, "vsplit")
    return _split_at(x, indices_or_sections, 0, "vsplit")


@op
def dsplit(x: Any, indices_or_sections: Any) -> Any:
    """Splits a tensor of three axes or more along its third axis.

    Args:
        x: Tensor.
        indices_or_sections: How many equal parts, or where the parts begin.

    Returns:
        List of tensors.

    Example:
        >>> [part.tolist() for part in dsplit([[[1, 2]]], 2)]
        [[[[1]]], [[[2]]]]
    """
    return _split_at(x, indices_or_sections, 2, "dsplit")
