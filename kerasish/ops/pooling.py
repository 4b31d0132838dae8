"""Pooling over windows of spatial axes: the largest, or the mean."""

import math
from typing import Any

from kerasish.autodiff import TensorSpec, defvjp, op, primitive
from kerasish.autodiff.casting import keep
from kerasish.backends import current
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.ops.arithmetic import divide
from kerasish.ops.conversion import converted
from kerasish.ops.convolution import is_channels_first, padded, per_axis
from kerasish.ops.creation import ones
from kerasish.ops.movement import moveaxis
from kerasish.ops.padding import pad
from kerasish.ops.reductions import max as largest
from kerasish.ops.reductions import mean, sum

__all__ = ["average_pool", "max_pool"]


def _windows_spec(x: TensorSpec, window: Any, strides: Any) -> TensorSpec:
    sizes = [
        None if n is None else (n - w) // s + 1
        for n, w, s in zip(x.shape[1:-1], window, strides, strict=True)
    ]
    shape = (x.shape[0], *sizes, x.shape[-1], math.prod(window))
    return TensorSpec(shape, x.dtype)


@primitive(spec=_windows_spec, cast=keep, static=("window", "strides"))
def _windows(x: Any, window: Any, strides: Any) -> Any:
    return current().windows(x, window, strides)


def _back_spec(g: TensorSpec, shape: Any, window: Any, strides: Any) -> TensorSpec:
    return TensorSpec(shape, g.dtype)


@primitive(spec=_back_spec, cast=keep, static=("shape", "window", "strides"))
def _from_windows(g: Any, shape: Any, window: Any, strides: Any) -> Any:
    return current().from_windows(g, shape, window, strides)


defvjp(_windows, lambda g, y, x, **o: _from_windows(g, shape=tuple(x.shape), **o))
defvjp(_from_windows, lambda g, y, u, shape, **o: _windows(g, **o))


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
    x, window, strides, first = _standard(inputs, pool_size, strides, data_format)
    if padding == "same":
        widths = _same_widths(x.shape, window, strides)
        low = float("-inf") if x.dtype.startswith(("float", "bfloat")) else -(2**31)
        x = pad(x, widths, constant_values=low)
    else:
        _check_padding(padding)
    _check_window(x.shape, window)
    y = largest(_windows(x, window=window, strides=strides), axis=-1)
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
    x, window, strides, first = _standard(inputs, pool_size, strides, data_format)
    if padding == "valid":
        _check_window(x.shape, window)
        y = mean(_windows(x, window=window, strides=strides), axis=-1)
    else:
        _check_padding(padding)
        flags = (1,) * len(window)
        total = sum(
            _windows(
                padded(x, window, strides, flags, "same"),
                window=window,
                strides=strides,
            ),
            axis=-1,
        )
        inside = ones((1, *(n or 1 for n in x.shape[1:-1]), 1), x.dtype)
        counted = sum(
            _windows(
                padded(inside, window, strides, flags, "same"),
                window=window,
                strides=strides,
            ),
            axis=-1,
        )
        y = divide(total, counted)
    return moveaxis(y, -1, 1) if first else y


def _standard(
    inputs: Any, pool_size: Any, strides: Any, data_format: str | None
) -> tuple[Any, Any, Any, bool]:
    x = converted(inputs)
    ndim = len(x.shape) - 2
    if ndim < 1:
        raise ShapeError(
            f"Pooling needs inputs of at least 3 axes. Received: {tuple(x.shape)}"
        )
    window = per_axis(pool_size, ndim)
    steps = window if strides is None else per_axis(strides, ndim)
    first = is_channels_first(data_format)
    return (moveaxis(x, 1, -1) if first else x), window, steps, first


def _same_widths(shape: Any, window: Any, strides: Any) -> Any:
    widths = [(0, 0)]
    for n, w, s in zip(shape[1:-1], window, strides, strict=True):
        wanted = w - 1 if n is None else max((-(-n // s) - 1) * s + w - n, 0)
        widths.append((wanted // 2, wanted - wanted // 2))
    return [*widths, (0, 0)]


def _check_padding(padding: str) -> None:
    if padding not in ("valid", "same"):
        raise ArgumentError(
            f"`padding` of pooling must be 'valid' or 'same'. Received: {padding!r}"
        )


def _check_window(shape: Any, window: Any) -> None:
    for n, w in zip(shape[1:-1], window, strict=True):
        if n is not None and n < w:
            raise ShapeError(
                f"The pooling window {tuple(window)} does not fit into inputs of the "
                f"spatial shape {tuple(shape[1:-1])}."
            )
