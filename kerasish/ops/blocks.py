"""Blocks of images and windows of sequences, moved to an axis of their own."""

from typing import Any

from kerasish.autodiff import op
from kerasish.core.config import image_data_format
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.ops.arithmetic import add, multiply
from kerasish.ops.conversion import converted
from kerasish.ops.creation import arange
from kerasish.ops.indexing import _scatter_add, take
from kerasish.ops.movement import expand_dims, moveaxis, pad_axis, reshape, transpose

__all__ = [
    "depth_to_space",
    "extract_sequences",
    "fold",
    "space_to_depth",
    "unfold",
]


def _pair(value: Any, name: str) -> tuple[int, int]:
    pair = (value, value) if hasattr(value, "__index__") else tuple(value)
    if len(pair) != 2:
        raise ArgumentError(f"`{name}` must be one number or two. Received: {value}")
    return int(pair[0]), int(pair[1])


def _sizes(shape: Any) -> list[int]:
    return [-1 if n is None else n for n in shape]


def _channels_last(x: Any, data_format: str | None) -> tuple[Any, bool]:
    last = (data_format or image_data_format()) == "channels_last"
    if len(x.shape) != 4:
        raise ShapeError(f"Images must have 4 axes. Received: shape={tuple(x.shape)}")
    return (x if last else moveaxis(x, 1, -1)), last


@op
def space_to_depth(
    x: Any, block_size: int, data_format: str | None = "channels_last"
) -> Any:
    """Moves square blocks of pixels into the channels.

    Args:
        x: Images `(batch, height, width, channels)`.
        block_size: Side of a block.
        data_format: "channels_last" or "channels_first".

    Returns:
        Tensor `(batch, height / block_size, width / block_size, channels *
        block_size**2)`.

    Raises:
        ShapeError: If the sides are no multiples of `block_size`.

    Example:
        >>> space_to_depth([[[[1], [2]], [[3], [4]]]], 2).tolist()
        [[[[1, 2, 3, 4]]]]
    """
    x, last = _channels_last(converted(x), data_format)
    batch, height, width, channels = _sizes(x.shape)
    if height % block_size or width % block_size or min(height, width) < 0:
        raise ShapeError(
            f"Height and width must be multiples of `block_size` {block_size}. "
            f"Received: {height}, {width}"
        )
    rows, columns = height // block_size, width // block_size
    cut = reshape(x, (batch, rows, block_size, columns, block_size, channels))
    made = reshape(
        transpose(cut, (0, 1, 3, 2, 4, 5)),
        (batch, rows, columns, channels * block_size**2),
    )
    return made if last else moveaxis(made, -1, 1)


@op
def depth_to_space(
    x: Any, block_size: int, data_format: str | None = "channels_last"
) -> Any:
    """Moves channels into square blocks of pixels: undoes `space_to_depth`.

    Args:
        x: Images `(batch, height, width, channels)`.
        block_size: Side of a block.
        data_format: "channels_last" or "channels_first".

    Returns:
        Tensor `(batch, height * block_size, width * block_size, channels /
        block_size**2)`.

    Raises:
        ShapeError: If the channels are no multiple of `block_size**2`.

    Example:
        >>> depth_to_space([[[[1, 2, 3, 4]]]], 2).tolist()
        [[[[1], [2]], [[3], [4]]]]
    """
    x, last = _channels_last(converted(x), data_format)
    batch, height, width, channels = _sizes(x.shape)
    if channels % block_size**2 or min(height, width, channels) < 0:
        raise ShapeError(
            f"Channels must be a multiple of `block_size` {block_size} squared. "
            f"Received: {channels}"
        )
    kept = channels // block_size**2
    cut = reshape(x, (batch, height, width, block_size, block_size, kept))
    made = reshape(
        transpose(cut, (0, 1, 3, 2, 4, 5)),
        (batch, height * block_size, width * block_size, kept),
    )
    return made if last else moveaxis(made, -1, 1)


@op
def extract_sequences(x: Any, sequence_length: int, sequence_stride: int) -> Any:
    """Cuts the last axis into windows that may overlap.

    Args:
        x: Tensor `(..., time)`.
        sequence_length: Length of a window.
        sequence_stride: Steps from one window to the next.

    Returns:
        Tensor `(..., windows, sequence_length)`.

    Raises:
        ShapeError: If the axis is shorter than a window.

    Example:
        >>> extract_sequences([1, 2, 3, 4], 2, 1).tolist()
        [[1, 2], [2, 3], [3, 4]]
    """
    x = converted(x)
    size = x.shape[-1]
    if size is None or size < sequence_length or sequence_stride < 1:
        raise ShapeError(
            "`extract_sequences` needs a last axis of a known size, no shorter than "
            f"a window. Received: shape={tuple(x.shape)}, "
            f"sequence_length={sequence_length}, sequence_stride={sequence_stride}"
        )
    count = 1 + (size - sequence_length) // sequence_stride
    return take(x, _windows(count, sequence_stride, sequence_length, 1), axis=-1)


def _windows(count: int, stride: int, length: int, dilation: int) -> Any:
    """Returns the places of each window: `(count, length)`."""
    starts = multiply(arange(count, dtype="int32"), stride)
    return add(
        expand_dims(starts, 1), multiply(arange(length, dtype="int32"), dilation)
    )


def _patch_places(size: Any, kernel: Any, dilation: Any, stride: Any) -> Any:
    """Returns flat places `(kernel height * kernel width, patches)` and the count."""
    grid = []
    for n, k, d, s in zip(size, kernel, dilation, stride, strict=True):
        count = (n - d * (k - 1) - 1) // s + 1
        if count < 1:
            raise ShapeError(
                f"A window of {k} elements {d} apart does not fit into {n} elements."
            )
        grid.append(transpose(_windows(count, s, k, d)))
    rows, columns = grid
    wide = add(
        multiply(reshape(rows, (kernel[0], 1, -1, 1)), size[1]),
        reshape(columns, (1, kernel[1], 1, -1)),
    )
    return reshape(wide, (kernel[0] * kernel[1], -1))


@op
def unfold(
    x: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Any:
    """Cuts images into patches that may overlap, each a column.

    Args:
        x: Images `(batch, channels, height, width)`.
        kernel_size: Height and width of a patch, or one number for both.
        dilation: Steps between the pixels of a patch.
        padding: Zeros added on each side.
        stride: Steps from patch to patch.

    Returns:
        Tensor `(batch, channels * kernel height * kernel width, patches)`.

    Example:
        >>> unfold([[[[1, 2], [3, 4]]]], (1, 2)).tolist()
        [[[1, 3], [2, 4]]]
    """
    x = converted(x)
    kernel, gap, border, step = (
        _pair(v, n)
        for v, n in (
            (kernel_size, "kernel_size"),
            (dilation, "dilation"),
            (padding, "padding"),
            (stride, "stride"),
        )
    )
    for axis, width in ((2, border[0]), (3, border[1])):
        x = pad_axis(x, axis=axis, before=width, after=width)
    batch, channels, height, width = _sizes(x.shape)
    places = _patch_places((height, width), kernel, gap, step)
    patches = take(reshape(x, (batch, channels, height * width)), places, axis=-1)
    return reshape(patches, (batch, channels * kernel[0] * kernel[1], places.shape[1]))


@op
def fold(
    x: Any,
    output_size: Any,
    kernel_size: Any,
    dilation: Any = 1,
    padding: Any = 0,
    stride: Any = 1,
) -> Any:
    """Adds patches up to images: the transpose of `unfold`.

    Args:
        x: Tensor `(batch, channels * kernel height * kernel width, patches)`.
        output_size: Height and width of the images.
        kernel_size: Height and width of a patch, or one number for both.
        dilation: Steps between the pixels of a patch.
        padding: Zeros that were added on each side.
        stride: Steps from patch to patch.

    Returns:
        Images `(batch, channels, height, width)`.

    Raises:
        ShapeError: If the number of patches does not fit.

    Example:
        >>> fold([[[1, 3], [2, 4]]], (2, 2), (1, 2)).tolist()
        [[[[1, 2], [3, 4]]]]
    """
    x = converted(x)
    size, kernel, gap, border, step = (
        _pair(v, n)
        for v, n in (
            (output_size, "output_size"),
            (kernel_size, "kernel_size"),
            (dilation, "dilation"),
            (padding, "padding"),
            (stride, "stride"),
        )
    )
    height, width = (n + 2 * b for n, b in zip(size, border, strict=True))
    places = _patch_places((height, width), kernel, gap, step)
    batch, depth, count = _sizes(x.shape)
    area = kernel[0] * kernel[1]
    if depth % area or count != places.shape[1]:
        raise ShapeError(
            f"`fold` needs {places.shape[1]} patches of a multiple of {area} elements. "
            f"Received: shape={tuple(x.shape)}"
        )
    wide = reshape(x, (batch, depth // area, area, count))
    flat = _scatter_add(wide, places, axis=2, size=height * width)
    image = reshape(flat, (batch, depth // area, height, width))
    return image[:, :, border[0] : height - border[0], border[1] : width - border[1]]
