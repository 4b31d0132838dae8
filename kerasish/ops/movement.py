"""Moving elements without changing them: reshape, transpose, join, pad, flip."""

import math
from typing import Any

from kerasish.autodiff import TensorSpec, defvjp, op, primitive
from kerasish.autodiff.casting import as_tensor, keep, promote, set_list_converter
from kerasish.backends import current
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.ops import specs
from kerasish.ops.conversion import converted

__all__ = [
    "concatenate",
    "expand_dims",
    "flip",
    "moveaxis",
    "pad_axis",
    "ravel",
    "reshape",
    "split",
    "squeeze",
    "stack",
    "swapaxes",
    "transpose",
    "unstack",
]


def _reshape_spec(x: TensorSpec, newshape: Any) -> TensorSpec:
    return TensorSpec(_new_shape(x.shape, newshape), x.dtype)


def _new_shape(shape: Any, wanted: Any) -> tuple[int | None, ...]:
    wanted = [n if n is None else int(n) for n in wanted]
    free = [i for i, n in enumerate(wanted) if n in (-1, None)]
    fixed = math.prod(n for n in wanted if n not in (-1, None))
    if None in shape:
        known = math.prod(n for n in shape if n is not None)
        if len(free) == 1 and shape.count(None) == 1 and fixed == known:
            wanted[free[0]] = None  # the unknown size moves there whole
        return tuple(None if n == -1 else n for n in wanted)
    size = math.prod(shape)
    ok = size == fixed if not free else fixed and size % fixed == 0
    if len(free) > 1 or not (ok or (free and size == 0 == fixed)):
        raise ShapeError(
            f"A tensor of shape {tuple(shape)} cannot be reshaped to {tuple(wanted)}."
        )
    if free:
        wanted[free[0]] = size // fixed if fixed else 0
    return tuple(wanted)


@primitive(spec=_reshape_spec, cast=keep, static=("newshape",))
def _reshape(x: Any, newshape: Any) -> Any:
    return current().xp.reshape(x, _new_shape(x.shape, newshape))


defvjp(_reshape, lambda g, y, x, newshape: _reshape(g, newshape=x.shape))


@op
def reshape(x: Any, newshape: Any) -> Any:
    """Gives a tensor another shape of the same size.

    Args:
        x: Tensor.
        newshape: Tuple of sizes; one may be -1, which is what is left.

    Returns:
        Tensor of that shape.

    Raises:
        ShapeError: If the sizes do not fit.

    Example:
        >>> reshape([1, 2, 3, 4], (2, -1)).tolist()
        [[1, 2], [3, 4]]
    """
    newshape = (newshape,) if hasattr(newshape, "__index__") else tuple(newshape)
    return _reshape(x, newshape=newshape)


def _transpose_spec(x: TensorSpec, axes: Any) -> TensorSpec:
    return TensorSpec(tuple(x.shape[a] for a in axes), x.dtype)


@primitive(spec=_transpose_spec, cast=keep, static=("axes",))
def _transpose(x: Any, axes: Any) -> Any:
    return current().xp.permute_dims(x, axes)


def _inverse(axes: Any) -> tuple[int, ...]:
    return tuple(sorted(range(len(axes)), key=axes.__getitem__))


defvjp(_transpose, lambda g, y, x, axes: _transpose(g, axes=_inverse(axes)))


@op
def transpose(x: Any, axes: Any = None) -> Any:
    """Puts the axes of a tensor in another order.

    Args:
        x: Tensor.
        axes: For each axis of the result its axis in `x`; reversed by default.

    Returns:
        Tensor with its axes in that order.

    Raises:
        ArgumentError: If `axes` does not name every axis once.

    Example:
        >>> transpose([[1, 2], [3, 4]]).tolist()
        [[1, 3], [2, 4]]
    """
    x = converted(x)
    ndim = len(x.shape)
    if axes is None:
        axes = range(ndim)[::-1]
    axes = tuple(specs.canonical_axis(a, ndim, "axes") for a in axes)
    if sorted(axes) != list(range(ndim)):
        raise ArgumentError(
            f"`axes` of `transpose` must name each of {ndim} axes once. "
            f"Received: axes={axes}"
        )
    return _transpose(x, axes=axes)


@op
def swapaxes(x: Any, axis1: int, axis2: int) -> Any:
    """Exchanges two axes.

    Args:
        x: Tensor.
        axis1: One axis.
        axis2: The other.

    Example:
        >>> swapaxes([[1, 2]], 0, 1).tolist()
        [[1], [2]]
    """
    x = converted(x)
    axes = list(range(len(x.shape)))
    i, j = (specs.canonical_axis(a, len(axes)) for a in (axis1, axis2))
    axes[i], axes[j] = axes[j], axes[i]
    return _transpose(x, axes=tuple(axes))


@op
def moveaxis(x: Any, source: Any, destination: Any) -> Any:
    """Moves axes to other places; the others keep their order.

    Args:
        x: Tensor.
        source: Axis or axes.
        destination: Where they go.

    Example:
        >>> moveaxis([[[1, 2]]], 2, 0).shape
        (2, 1, 1)
    """
    x = converted(x)
    ndim = len(x.shape)
    pair = [
        (a,) if hasattr(a, "__index__") else tuple(a) for a in (source, destination)
    ]
    origin, target = ([specs.canonical_axis(a, ndim) for a in axes] for axes in pair)
    if len(origin) != len(target):
        raise ArgumentError(
            "`source` and `destination` of `moveaxis` must be as many. "
            f"Received: source={source}, destination={destination}"
        )
    order = [a for a in range(ndim) if a not in origin]
    for place, axis in sorted(zip(target, origin, strict=True)):
        order.insert(place, axis)
    return _transpose(x, axes=tuple(order))


@op
def ravel(x: Any) -> Any:
    """Makes a tensor flat.

    Args:
        x: Tensor.

    Example:
        >>> ravel([[1], [2]]).tolist()
        [1, 2]
    """
    return reshape(x, (-1,))


@op
def expand_dims(x: Any, axis: Any) -> Any:
    """Adds axes of size 1.

    Args:
        x: Tensor.
        axis: Where the new axis or axes stand in the result.

    Example:
        >>> expand_dims([1, 2], -1).shape
        (2, 1)
    """
    x = converted(x)
    axes = (axis,) if hasattr(axis, "__index__") else tuple(axis)
    ndim = len(x.shape) + len(axes)
    places = specs.canonical_axes(axes, ndim)
    shape = list(x.shape)
    for place in places:
        shape.insert(place, 1)
    return _reshape(x, newshape=tuple(-1 if n is None else n for n in shape))


@op
def squeeze(x: Any, axis: Any = None) -> Any:
    """Removes axes of size 1.

    Args:
        x: Tensor.
        axis: Axis or axes, by default all of size 1.

    Raises:
        ShapeError: If an axis has another size.

    Example:
        >>> squeeze([[1, 2]]).tolist()
        [1, 2]
    """
    x = converted(x)
    if axis is None:
        axes: tuple[int, ...] = tuple(i for i, n in enumerate(x.shape) if n == 1)
    else:
        axes = specs.canonical_axes(axis, len(x.shape))
    if any(x.shape[a] not in (1, None) for a in axes):
        raise ShapeError(
            f"`squeeze` removes axes of size 1. Received: axis={axis}, "
            f"shape={tuple(x.shape)}"
        )
    shape = [n for i, n in enumerate(x.shape) if i not in axes]
    return _reshape(x, newshape=tuple(-1 if n is None else n for n in shape))


def _concatenate_spec(*xs: TensorSpec, axis: int) -> TensorSpec:
    sizes = [x.shape[axis] for x in xs]
    _check_join([x.shape for x in xs], axis)
    shape = list(xs[0].shape)
    for x in xs[1:]:
        shape = [a if b is None else b for a, b in zip(shape, x.shape, strict=True)]
    total = 0
    for n in sizes:
        total = None if n is None or total is None else total + n  # type: ignore[assignment]
    shape[axis] = total
    return TensorSpec(shape, xs[0].dtype)


def _check_join(shapes: list[Any], axis: int) -> None:
    first = shapes[0]
    for shape in shapes[1:]:
        fits = len(shape) == len(first) and all(
            i == axis or a is None or b is None or a == b
            for i, (a, b) in enumerate(zip(first, shape, strict=True))
        )
        if not fits:
            shown = ", ".join(str(tuple(s)) for s in shapes)
            raise ShapeError(
                f"Tensors joined along axis {axis} must agree in all other axes. "
                f"Received shapes: {shown}"
            )


@primitive(spec=_concatenate_spec, cast=promote)
def _concatenate(*xs: Any, axis: int = 0) -> Any:
    _check_join([x.shape for x in xs], axis)
    return current().xp.concat(xs, axis=axis)


def _concatenate_vjp(g: Any, y: Any, index: int, *xs: Any, axis: int) -> Any:
    start = sum(x.shape[axis] for x in xs[:index])
    return _slice(g, axis=axis, start=start, stop=start + xs[index].shape[axis])


defvjp(_concatenate, _concatenate_vjp)


@op
def concatenate(xs: Any, axis: int = 0) -> Any:
    """Joins tensors along an axis.

    Args:
        xs: List of tensors that agree in all other axes.
        axis: The axis.

    Returns:
        Tensor of the common dtype.

    Raises:
        ShapeError: If the other axes do not agree.

    Example:
        >>> concatenate([[1], [2, 3]]).tolist()
        [1, 2, 3]
    """
    if not isinstance(xs, list | tuple):
        xs = unstack(xs)
    if not xs:
        raise ArgumentError("`concatenate` needs at least one tensor.")
    xs = [converted(x) for x in xs]
    return _concatenate(*xs, axis=specs.canonical_axis(axis, len(xs[0].shape)))


@op
def stack(x: Any, axis: int = 0) -> Any:
    """Joins tensors of one shape along a new axis.

    Args:
        x: List of tensors.
        axis: Where the new axis stands.

    Returns:
        Tensor of the common dtype.

    Example:
        >>> stack([[1, 2], [3, 4]], axis=1).tolist()
        [[1, 3], [2, 4]]
    """
    return concatenate([expand_dims(item, axis) for item in x], axis=axis)


def _slice_spec(x: TensorSpec, axis: int, start: int, stop: int) -> TensorSpec:
    shape = list(x.shape)
    shape[axis] = stop - start
    return TensorSpec(shape, x.dtype)


@primitive(spec=_slice_spec, cast=keep, static=("axis", "start", "stop"))
def _slice(x: Any, axis: int, start: int, stop: int) -> Any:
    return x[(slice(None),) * axis + (slice(start, stop), ...)]


def _pad_axis_spec(x: TensorSpec, axis: int, before: int, after: int) -> TensorSpec:
    shape = list(x.shape)
    shape[axis] = None if shape[axis] is None else shape[axis] + before + after  # type: ignore[operator]
    return TensorSpec(shape, x.dtype)


@primitive(spec=_pad_axis_spec, cast=keep, static=("axis", "before", "after"))
def pad_axis(x: Any, axis: int, before: int, after: int) -> Any:
    """Adds zeros before and after an axis."""
    xp = current().xp
    parts = [x]
    for size, place in ((before, 0), (after, 2)):
        if size:
            shape = list(x.shape)
            shape[axis] = size
            parts.insert(place, xp.zeros(tuple(shape), dtype=x.dtype))
    return xp.concat(parts, axis=axis)


defvjp(
    _slice,
    lambda g, y, x, axis, start, stop: pad_axis(
        g, axis=axis, before=start, after=x.shape[axis] - stop
    ),
)
defvjp(
    pad_axis,
    lambda g, y, x, axis, before, after: _slice(
        g, axis=axis, start=before, stop=before + x.shape[axis]
    ),
)


@op
def split(x: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """Splits a tensor along an axis.

    Args:
        x: Tensor.
        indices_or_sections: How many equal parts, or where the parts begin.
        axis: The axis.

    Returns:
        List of tensors.

    Raises:
        ArgumentError: If the axis does not divide into equal parts.

    Example:
        >>> [part.tolist() for part in split([1, 2, 3], [1])]
        [[1], [2, 3]]
    """
    x = converted(x)
    axis = specs.canonical_axis(axis, len(x.shape))
    size = x.shape[axis]
    if size is None:
        raise ArgumentError(f"Axis {axis} of unknown size cannot be split: {x}.")
    if hasattr(indices_or_sections, "__index__"):
        count = int(indices_or_sections)
        if count < 1 or size % count:
            raise ArgumentError(
                f"Axis {axis} of size {size} does not split into {count} equal parts."
            )
        edges = [i * (size // count) for i in range(count + 1)]
    else:
        inner = [int(i) for i in indices_or_sections]
        edges = [0, *(min(i if i >= 0 else i + size, size) for i in inner), size]
    pairs = zip(edges, edges[1:], strict=False)
    return [_slice(x, axis=axis, start=a, stop=max(a, b)) for a, b in pairs]


@op
def unstack(x: Any, num: int | None = None, axis: int = 0) -> Any:
    """Returns the slices of a tensor along an axis, without the axis.

    Args:
        x: Tensor.
        num: Size of the axis, where it is not known.
        axis: The axis.

    Returns:
        List of tensors.

    Example:
        >>> [part.tolist() for part in unstack([[1, 2], [3, 4]])]
        [[1, 2], [3, 4]]
    """
    x = converted(x)
    axis = specs.canonical_axis(axis, len(x.shape))
    size = x.shape[axis] if x.shape[axis] is not None else num
    if size is None:
        raise ArgumentError("`unstack` needs `num` for an axis of unknown size.")
    parts = (_slice(x, axis=axis, start=i, stop=i + 1) for i in range(size))
    return [squeeze(part, axis) for part in parts]


@primitive(spec=specs.same, cast=keep, static=("axes",))
def _flip(x: Any, axes: Any) -> Any:
    return current().xp.flip(x, axis=axes)


defvjp(_flip, lambda g, y, x, axes: _flip(g, axes=axes))


@op
def flip(x: Any, axis: Any = None) -> Any:
    """Reverses the order of elements along axes.

    Args:
        x: Tensor.
        axis: Axis or axes, all by default.

    Example:
        >>> flip([1, 2, 3]).tolist()
        [3, 2, 1]
    """
    x = converted(x)
    return _flip(x, axes=specs.canonical_axes(axis, len(x.shape)))


def _stack_list(x: Any, dtype: str | None) -> Any:
    made = stack([as_tensor(item, dtype) for item in x])
    return made if dtype is None else as_tensor(made, dtype)


set_list_converter(_stack_list)
