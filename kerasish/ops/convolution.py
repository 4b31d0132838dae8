"""Convolutions over any number of spatial axes, and their gradients.

Three primitives are each other's derivatives: the convolution, its gradient with
respect to the input (which is the transposed convolution) and that with respect to
the kernel. They pad nothing and have channels last; the ops bring the rest.
"""

from typing import Any

from kerasish.autodiff import TensorSpec, defvjp, op, primitive
from kerasish.backends import current
from kerasish.core.config import image_data_format
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.ops.conversion import converted
from kerasish.ops.movement import moveaxis, reshape, split
from kerasish.ops.padding import pad

__all__ = [
    "conv",
    "conv_transpose",
    "depthwise_conv",
    "is_channels_first",
    "padded",
    "per_axis",
    "separable_conv",
]


def _size(n: Any, w: int, s: int, d: int) -> Any:
    return None if n is None else (n - (w - 1) * d - 1) // s + 1


def _conv_spec(
    x: TensorSpec, k: TensorSpec, strides: Any, dilation: Any, groups: int
) -> TensorSpec:
    rows = zip(x.shape[1:-1], k.shape[:-2], strides, dilation, strict=True)
    sizes = [_size(n, w, s, d) for n, w, s, d in rows]  # type: ignore[arg-type]
    return TensorSpec((x.shape[0], *sizes, k.shape[-1]), x.dtype)


@primitive(spec=_conv_spec, static=("strides", "dilation", "groups"))
def _conv(x: Any, kernel: Any, strides: Any, dilation: Any, groups: int) -> Any:
    return current().convolve(x, kernel, strides, dilation, groups)


def _shape_spec(a: TensorSpec, b: TensorSpec, shape: Any, **static: Any) -> TensorSpec:
    return TensorSpec(shape, a.dtype)


@primitive(spec=_shape_spec, static=("shape", "strides", "dilation", "groups"))
def _conv_input(
    g: Any, kernel: Any, shape: Any, strides: Any, dilation: Any, groups: int
) -> Any:
    return current().convolve_input_gradient(
        g, kernel, shape, strides, dilation, groups
    )


@primitive(spec=_shape_spec, static=("shape", "strides", "dilation", "groups"))
def _conv_kernel(
    g: Any, x: Any, shape: Any, strides: Any, dilation: Any, groups: int
) -> Any:
    return current().convolve_kernel_gradient(g, x, shape, strides, dilation, groups)


defvjp(
    _conv,
    lambda g, y, x, k, **o: _conv_input(g, k, shape=tuple(x.shape), **o),
    lambda g, y, x, k, **o: _conv_kernel(g, x, shape=tuple(k.shape), **o),
)
defvjp(
    _conv_input,
    lambda g, y, u, k, shape, **o: _conv(g, k, **o),
    lambda g, y, u, k, shape, **o: _conv_kernel(u, g, shape=tuple(k.shape), **o),
)
defvjp(
    _conv_kernel,
    lambda g, y, u, x, shape, **o: _conv(x, g, **o),
    lambda g, y, u, x, shape, **o: _conv_input(u, g, shape=tuple(x.shape), **o),
)


@op
def conv(
    inputs: Any,
    kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Any:
    """Convolves, which is to say correlates, over all spatial axes.

    Args:
        inputs: Tensor `(batch, *spatial, channels)`, or channels first.
        kernel: Tensor `(*window, channels / groups, filters)`.
        strides: Steps of the window, one number or one for each axis.
        padding: "valid" for none, "same" for as many windows as `size / stride`, or
            "causal" for zeros in front only.
        data_format: "channels_last" or "channels_first"; the default if None.
        dilation_rate: Distances within the window.

    Returns:
        Tensor `(batch, *positions, filters)`, or channels first.

    Raises:
        ShapeError: If the channels do not fit, or the window is too large.

    Example:
        >>> conv([[[1.0], [2.0], [3.0]]], [[[1.0]], [[1.0]]]).tolist()
        [[[3.0], [5.0]]]
    """
    x, kernel = converted(inputs), converted(kernel)
    ndim = len(kernel.shape) - 2
    strides, dilation = per_axis(strides, ndim), per_axis(dilation_rate, ndim)
    first = is_channels_first(data_format)
    x = moveaxis(x, 1, -1) if first else x
    groups = _group_count(x.shape, kernel.shape)
    x = padded(x, kernel.shape[:-2], strides, dilation, padding)
    _check_fits(x.shape[1:-1], kernel.shape[:-2], dilation)
    y = _conv(x, kernel, strides=strides, dilation=dilation, groups=groups)
    return moveaxis(y, -1, 1) if first else y


@op
def depthwise_conv(
    inputs: Any,
    kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Any:
    """Convolves every channel with kernels of its own.

    Args:
        inputs: Tensor `(batch, *spatial, channels)`, or channels first.
        kernel: Tensor `(*window, channels, multiplier)`.
        strides: Steps of the window.
        padding: "valid" or "same".
        data_format: "channels_last" or "channels_first"; the default if None.
        dilation_rate: Distances within the window.

    Returns:
        Tensor `(batch, *positions, channels * multiplier)`, or channels first.

    Example:
        >>> depthwise_conv([[[1.0], [2.0]]], [[[3.0]]]).tolist()
        [[[3.0], [6.0]]]
    """
    kernel = converted(kernel)
    *window, channels, multiplier = kernel.shape
    wide = reshape(kernel, (*window, 1, channels * multiplier))
    return conv(inputs, wide, strides, padding, data_format, dilation_rate)


@op
def separable_conv(
    inputs: Any,
    depthwise_kernel: Any,
    pointwise_kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Any:
    """Convolves every channel on its own, then mixes the channels.

    Args:
        inputs: Tensor `(batch, *spatial, channels)`, or channels first.
        depthwise_kernel: Tensor `(*window, channels, multiplier)`.
        pointwise_kernel: Tensor `(1, ..., channels * multiplier, filters)`.
        strides: Steps of the window.
        padding: "valid" or "same".
        data_format: "channels_last" or "channels_first"; the default if None.
        dilation_rate: Distances within the window.

    Returns:
        Tensor `(batch, *positions, filters)`, or channels first.

    Example:
        >>> separable_conv([[[1.0], [2.0]]], [[[3.0]]], [[[2.0]]]).tolist()
        [[[6.0], [12.0]]]
    """
    y = depthwise_conv(
        inputs, depthwise_kernel, strides, padding, data_format, dilation_rate
    )
    return conv(y, pointwise_kernel, 1, "valid", data_format, 1)


@op
def conv_transpose(
    inputs: Any,
    kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    output_padding: Any = None,
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Any:
    """Convolves the other way: the gradient of `conv` with respect to its input.

    Args:
        inputs: Tensor `(batch, *spatial, channels)`, or channels first.
        kernel: Tensor `(*window, filters, channels)`.
        strides: Distances of the windows in the output.
        padding: "valid" or "same".
        output_padding: Elements added at the end of each axis, below the stride; by
            default "same" gives `size * stride`.
        data_format: "channels_last" or "channels_first"; the default if None.
        dilation_rate: Distances within the window.

    Returns:
        Tensor `(batch, *sizes, filters)`, or channels first.

    Raises:
        ArgumentError: If `output_padding` is not below the stride.

    Example:
        >>> conv_transpose([[[1.0], [2.0]]], [[[1.0]], [[1.0]]]).tolist()
        [[[1.0], [3.0], [2.0]]]
    """
    x, kernel = converted(inputs), converted(kernel)
    ndim = len(kernel.shape) - 2
    strides, dilation = per_axis(strides, ndim), per_axis(dilation_rate, ndim)
    extra = None if output_padding is None else per_axis(output_padding, ndim)
    first = is_channels_first(data_format)
    x = moveaxis(x, 1, -1) if first else x
    sizes, cuts, fulls = [], [], []
    for i in range(ndim):
        n, w, s, d = x.shape[i + 1], kernel.shape[i], strides[i], dilation[i]
        size, before, full = _transposed(n, w, s, d, padding, extra and extra[i])
        sizes.append(size)
        cuts.append(before)
        fulls.append(full)
    shape = (x.shape[0], *fulls, kernel.shape[-2])
    y = _conv_input(
        x, kernel, shape=shape, strides=strides, dilation=dilation, groups=1
    )
    for i, (size, before) in enumerate(zip(sizes, cuts, strict=True)):
        y = _cut(y, i + 1, before, size)
    return moveaxis(y, -1, 1) if first else y


def _transposed(
    n: Any, w: int, s: int, d: int, padding: str, extra: Any
) -> tuple[Any, int, Any]:
    """Returns the output's size, what is cut off in front, and the size before."""
    reach = (w - 1) * d + 1
    if extra is not None and not 0 <= extra < s:
        raise ArgumentError(
            f"`output_padding` must be below the stride {s}. Received: {extra}"
        )
    if n is None:
        return None, 0, None
    full = (n - 1) * s + reach
    if padding == "valid":
        size = full + max(s - reach, 0) if extra is None else full + extra
        return size, 0, max(size, full)
    size = n * s if extra is None else full - 2 * (reach // 2) + extra
    before = max(full - size, 0) // 2
    return size, before, max(full, before + size)


def _cut(y: Any, axis: int, before: int, size: Any) -> Any:
    found = y.shape[axis]
    if size is None or found is None or (before == 0 and size == found):
        return y
    edges = [before, before + size]
    parts = split(y, [e for e in edges if 0 < e < found], axis=axis)
    return parts[1] if before else parts[0]


def is_channels_first(data_format: str | None) -> bool:
    """Returns whether channels come first; the default where None is given.

    Raises:
        ArgumentError: If it is neither format.
    """
    data_format = data_format or image_data_format()
    if data_format not in ("channels_last", "channels_first"):
        raise ArgumentError(
            "`data_format` must be 'channels_last' or 'channels_first'. "
            f"Received: {data_format!r}"
        )
    return data_format == "channels_first"


def padded(x: Any, window: Any, strides: Any, dilation: Any, padding: str) -> Any:
    """Returns inputs, channels last, with zeros around them.

    Args:
        x: Tensor.
        window: Sizes of the window.
        strides: Its steps.
        dilation: Distances within it.
        padding: "valid", "same" or "causal".

    Raises:
        ArgumentError: If `padding` is none of these.
    """
    if padding == "valid":
        return x
    if padding not in ("same", "causal"):
        raise ArgumentError(
            f"`padding` must be 'valid', 'same' or 'causal'. Received: {padding!r}"
        )
    widths = [(0, 0)]
    rows = zip(x.shape[1:-1], window, strides, dilation, strict=True)
    for n, w, s, d in rows:
        reach = (w - 1) * d
        if padding == "causal":
            widths.append((reach, 0))
            continue
        wanted = reach if n is None else max((-(-n // s) - 1) * s + reach + 1 - n, 0)
        widths.append((wanted // 2, wanted - wanted // 2))
    return pad(x, [*widths, (0, 0)])


def per_axis(value: Any, ndim: int) -> tuple[int, ...]:
    """Returns one number for each spatial axis."""
    if hasattr(value, "__index__"):
        return (int(value),) * ndim
    values = tuple(int(v) for v in value)
    if len(values) != ndim:
        raise ArgumentError(f"{ndim} numbers were expected. Received: {values}")
    return values


def _group_count(shape: Any, kernel: Any) -> int:
    channels, inner, filters = shape[-1], kernel[-2], kernel[-1]
    if len(shape) != len(kernel):
        raise ShapeError(
            f"`conv` with a kernel of shape {tuple(kernel)} needs inputs of "
            f"{len(kernel)} axes. Received: {tuple(shape)}"
        )
    if channels % inner or filters % (channels // inner):
        raise ShapeError(
            "The channels of the inputs must be a multiple of those of the kernel, and "
            "the filters one of the groups. Received: inputs of shape "
            f"{tuple(shape)}, kernel of shape {tuple(kernel)}"
        )
    return int(channels // inner)


def _check_fits(sizes: Any, window: Any, dilation: Any) -> None:
    for n, w, d in zip(sizes, window, dilation, strict=True):
        if n is not None and n < (w - 1) * d + 1:
            raise ShapeError(
                f"The window {tuple(window)} (dilation {tuple(dilation)}) does not fit "
                f"into inputs of the spatial shape {tuple(sizes)}."
            )
