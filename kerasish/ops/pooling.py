"""Pooling over windows of spatial axes: the largest, or the mean."""

import math
from typing import Any

from kerasish.autodiff import TensorSpec, defvjp, op, primitive
from kerasish.autodiff.casting import keep, promote_float
from kerasish.backends import current
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.ops.conversion import cast, converted
from kerasish.ops.convolution import is_channels_first, padding_widths, per_axis
from kerasish.ops.movement import moveaxis

__all__ = ["average_pool", "max_pool"]


STATIC = ("shape", "window", "strides", "padding")


def _pooled(x: TensorSpec, window: Any, strides: Any, padding: Any) -> Any:
    rows = zip(x.shape[1:-1], window, strides, padding, strict=True)
    sizes = (None if n is None else (n + sum(p) - w) // s + 1 for n, w, s, p in rows)
    return (x.shape[0], *sizes, x.shape[-1])


def _mean_spec(x: TensorSpec, **how: Any) -> TensorSpec:
    return TensorSpec(_pooled(x, **how), x.dtype)


def _largest_spec(x: TensorSpec, window: Any, **how: Any) -> Any:
    shape = _pooled(x, window, **how)
    places = "uint8" if math.prod(window) <= 256 else "int32"
    return TensorSpec(shape, x.dtype), TensorSpec(shape, places)


def _back_spec(g: TensorSpec, *places: Any, shape: Any, **how: Any) -> TensorSpec:
    return TensorSpec(shape, g.dtype)


@primitive(spec=_largest_spec, cast=keep, static=STATIC[1:])
def _max_pool(x: Any, window: Any, strides: Any, padding: Any) -> Any:
    """The largest of each window, and its place, to which its gradient goes."""
    return current().max_pool(x, window, strides, padding)


@primitive(spec=_back_spec, cast=keep, static=STATIC)
def _from_places(
    g: Any, places: Any, shape: Any, window: Any, strides: Any, padding: Any
) -> Any:
    return current().from_places(g, places, shape, window, strides, padding)


@primitive(
    spec=lambda u, places, **how: TensorSpec(places.shape, u.dtype),
    cast=keep,
    static=STATIC[1:],
)
def _at_places(u: Any, places: Any, window: Any, strides: Any, padding: Any) -> Any:
    return current().at_places(u, places, window, strides, padding)


@primitive(spec=_mean_spec, cast=promote_float, static=STATIC[1:])
def _average_pool(x: Any, window: Any, strides: Any, padding: Any) -> Any:
    return current().average_pool(x, window, strides, padding)


@primitive(spec=_back_spec, cast=keep, static=STATIC)
def _average_pool_back(
    g: Any, shape: Any, window: Any, strides: Any, padding: Any
) -> Any:
    return current().average_pool_gradient(g, shape, window, strides, padding)


defvjp(
    _max_pool,
    lambda g, y, x, **o: _from_places(g[0], y[1], shape=tuple(x.shape), **o),
)
defvjp(_from_places, lambda g, y, u, p, shape, **o: _at_places(g, p, **o), None)
defvjp(
    _at_places,
    lambda g, y, u, p, **o: _from_places(g, p, shape=tuple(u.shape), **o),
    None,
)
defvjp(
    _average_pool,
    lambda g, y, x, **o: _average_pool_back(g, shape=tuple(x.shape), **o),
)
defvjp(_average_pool_back, lambda g, y, u, shape, **o: _average_pool(g, **o))


@op
def max_pool(
    inputs: Any,
    pool_size: Any,
    strides: Any = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> Any:
    """Takes the largest element of each window.

    Args:
        inputs: Tensor `(batch, *spatial, channels)`, or channels first.
        pool_size: Sizes of the window.
        strides: Its steps, `pool_size` by default.
        padding: "valid" or "same"; padding is never the largest.
        data_format: "channels_last" or "channels_first"; the default if None.

    Returns:
        Tensor `(batch, *positions, channels)`, or channels first.

    Raises:
        ShapeError: If the window does not fit.

    Example:
        >>> max_pool([[[1.0], [3.0], [2.0], [0.0]]], 2).tolist()
        [[[3.0], [2.0]]]
    """
    x, how, first = _standard(inputs, pool_size, strides, padding, data_format)
    is_bool = x.dtype == "bool"
    y, _ = _max_pool(cast(x, "uint8") if is_bool else x, **how)
    y = cast(y, "bool") if is_bool else y
    return moveaxis(y, -1, 1) if first else y


@op
def average_pool(
    inputs: Any,
    pool_size: Any,
    strides: Any = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> Any:
    """Takes the mean of each window.

    Args:
        inputs: Tensor `(batch, *spatial, channels)`, or channels first.
        pool_size: Sizes of the window.
        strides: Its steps, `pool_size` by default.
        padding: "valid" or "same"; padding does not count.
        data_format: "channels_last" or "channels_first"; the default if None.

    Returns:
        Tensor `(batch, *positions, channels)`, or channels first.

    Raises:
        ShapeError: If the window does not fit.

    Example:
        >>> average_pool([[[1.0], [3.0], [2.0], [0.0]]], 2).tolist()
        [[[2.0], [1.0]]]
    """
    x, how, first = _standard(inputs, pool_size, strides, padding, data_format)
    y = _average_pool(x, **how)
    return moveaxis(y, -1, 1) if first else y


def _standard(
    inputs: Any, pool_size: Any, strides: Any, padding: str, data_format: str | None
) -> tuple[Any, dict[str, Any], bool]:
    """Returns inputs with channels last, how they are pooled, and if channels led."""
    x = converted(inputs)
    ndim = len(x.shape) - 2
    if ndim < 1:
        raise ShapeError(
            f"Pooling needs inputs of at least 3 axes. Received: {tuple(x.shape)}"
        )
    window = per_axis(pool_size, ndim)
    steps = window if strides is None else per_axis(strides, ndim)
    first = is_channels_first(data_format)
    x = moveaxis(x, 1, -1) if first else x
    if padding not in ("valid", "same"):
        raise ArgumentError(
            f"`padding` of pooling must be 'valid' or 'same'. Received: {padding!r}"
        )
    sizes = x.shape[1:-1]
    widths = padding_widths(sizes, window, steps, (1,) * ndim, padding)
    for n, w, p in zip(sizes, window, widths, strict=True):
        if n is not None and n + sum(p) < w:
            raise ShapeError(
                f"The pooling window {tuple(window)} does not fit into inputs of the "
                f"spatial shape {tuple(sizes)}."
            )
    return x, {"window": window, "strides": steps, "padding": widths}, first
