"""Convolutions over any number of spatial axes, and their gradients.

Three primitives are each other's derivatives: the convolution, its gradient with
respect to the input (which is the transposed convolution) and that with respect to
the kernel. They have channels last and padding in numbers; the ops bring the rest.
"""

from typing import Any

from kerasish.autodiff import TensorSpec, defvjp, op, primitive
from kerasish.backends import current
from kerasish.core.config import image_data_format
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.ops.conversion import converted
from kerasish.ops.movement import moveaxis, reshape

__all__ = [
    "conv",
    "conv_transpose",
    "depthwise_conv",
    "is_channels_first",
    "padding_widths",
    "per_axis",
    "separable_conv",
]


STATIC = ("shape", "strides", "padding", "dilation", "groups")


def _conv_spec(
    x: TensorSpec, k: TensorSpec, strides: Any, padding: Any, dilation: Any, groups: int
) -> TensorSpec:
    rows = zip(x.shape[1:-1], k.shape[:-2], strides, padding, dilation, strict=True)
    sizes = [
        None if n is None else (n + sum(p) - (w - 1) * d - 1) // s + 1  # type: ignore[operator]
        for n, w, s, p, d in rows
    ]
    return TensorSpec((x.shape[0], *sizes, k.shape[-1]), x.dtype)


@primitive(spec=_conv_spec, static=STATIC[1:])
def _conv(
    x: Any, kernel: Any, strides: Any, padding: Any, dilation: Any, groups: int
) -> Any:
    return current().convolve(x, kernel, strides, padding, dilation, groups)


def _shape_spec(a: TensorSpec, b: TensorSpec, shape: Any, **static: Any) -> TensorSpec:
    return TensorSpec(shape, a.dtype)


@primitive(spec=_shape_spec, static=STATIC)
def _conv_input(
    g: Any,
    kernel: Any,
    shape: Any,
    strides: Any,
    padding: Any,
    dilation: Any,
    groups: int,
) -> Any:
    how = (shape, strides, padding, dilation, groups)
    return current().convolve_input_gradient(g, kernel, *how)


@primitive(spec=_shape_spec, static=STATIC)
def _conv_kernel(
    g: Any, x: Any, shape: Any, strides: Any, padding: Any, dilation: Any, groups: int
) -> Any:
    how = (shape, strides, padding, dilation, groups)
    return current().convolve_kernel_gradient(g, x, *how)


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
    sizes, window = x.shape[1:-1], kernel.shape[:-2]
    widths = padding_widths(sizes, window, strides, dilation, padding)
    _check_fits(sizes, window, widths, dilation)
    static = {"strides": strides, "padding": widths, "dilation": dilation}
    y = _conv(x, kernel, **static, groups=groups)
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
    rows = zip(x.shape[1:-1], kernel.shape[:-2], strides, dilation, strict=True)
    found = [
        _transposed(*row, padding, extra and extra[i]) for i, row in enumerate(rows)
    ]
    shape = (x.shape[0], *(size for size, _ in found), kernel.shape[-2])
    static = {"strides": strides, "padding": tuple(p for _, p in found)}
    y = _conv_input(x, kernel, shape=shape, **static, dilation=dilation, groups=1)
    return moveaxis(y, -1, 1) if first else y


def _transposed(
    n: Any, w: int, s: int, d: int, padding: str, extra: Any
) -> tuple[Any, tuple[int, int]]:
    """Returns the output's size, and the padding with which `conv` gives the input's.

    In front and behind is cut off what a convolution of the output would pad.
    """
    if padding not in ("valid", "same"):
        raise ArgumentError(
            "`padding` of `conv_transpose` must be 'valid' or 'same'. "
            f"Received: {padding!r}"
        )
    reach = (w - 1) * d + 1
    if extra is not None and not 0 <= extra < s:
        raise ArgumentError(
            f"`output_padding` must be below the stride {s}. Received: {extra}"
        )
    if n is None:
        return None, (0, 0)
    full = (n - 1) * s + reach
    if padding == "valid":
        return full + (max(s - reach, 0) if extra is None else extra), (0, 0)
    size = n * s if extra is None else full - 2 * (reach // 2) + extra
    before = max(full - size, 0) // 2
    return size, (before, max(full - size - before, 0))


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


def padding_widths(
    sizes: Any, window: Any, strides: Any, dilation: Any, padding: str
) -> tuple[tuple[int, int], ...]:
    """Returns how many zeros are added before and after each spatial axis.

    Args:
        sizes: Of the axes; None where unknown.
        window: Sizes of the window.
        strides: Its steps.
        dilation: Distances within it.
        padding: "valid", "same" or "causal".

    Raises:
        ArgumentError: If `padding` is none of these.
    """
    if padding not in ("valid", "same", "causal"):
        raise ArgumentError(
            f"`padding` must be 'valid', 'same' or 'causal'. Received: {padding!r}"
        )
    widths = []
    for n, w, s, d in zip(sizes, window, strides, dilation, strict=True):
        reach = (w - 1) * d
        if padding == "causal":
            widths.append((reach, 0))
            continue
        wanted = reach if n is None else max((-(-n // s) - 1) * s + reach + 1 - n, 0)
        wanted *= padding == "same"
        widths.append((wanted // 2, wanted - wanted // 2))
    return tuple(widths)


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


def _check_fits(sizes: Any, window: Any, widths: Any, dilation: Any) -> None:
    for n, w, p, d in zip(sizes, window, widths, dilation, strict=True):
        if n is not None and n + sum(p) < (w - 1) * d + 1:
            raise ShapeError(
                f"The window {tuple(window)} (dilation {tuple(dilation)}) does not fit "
                f"into inputs of the spatial shape {tuple(sizes)}."
            )
