"""Patches of images and volumes."""

from typing import Any

from kerasish.autodiff import op
from kerasish.core.errors import ArgumentError
from kerasish.ops.convolution import conv, per_axis
from kerasish.ops.creation import eye
from kerasish.ops.image_layout import as_batch, check_choice
from kerasish.ops.movement import reshape

__all__ = ["extract_patches", "extract_patches_3d"]


@op
def extract_patches(
    images: Any,
    size: Any,
    strides: Any = None,
    dilation_rate: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> Any:
    """Cuts images, or volumes where `size` has three numbers, into patches.

    Args:
        images: An image `(height, width, channels)` or a batch, or channels first.
        size: `(height, width)` of a patch, or one number for both; `(depth, height,
            width)` for volumes.
        strides: Steps from patch to patch; by default they lie side by side.
        dilation_rate: Distances within a patch.
        padding: "valid", or "same" for zeros around the images.
        data_format: "channels_last" or "channels_first"; the default if None.

    Returns:
        Tensor `(batch, rows, columns, height * width * channels)`, or channels first.

    Raises:
        ArgumentError: If an argument is out of range.
        ShapeError: If the images have another number of axes.

    Example:
        >>> extract_patches([[[1.0], [2.0], [3.0]]], (1, 2), 1).tolist()
        [[[1.0, 2.0], [2.0, 3.0]]]
    """
    ndim = len(size) if isinstance(size, list | tuple) else 2
    if ndim not in (2, 3):
        raise ArgumentError(
            "`size` of `extract_patches` must be a number, or two or three of them. "
            f"Received: size={size!r}"
        )
    return _patches(
        "extract_patches", images, ndim, size, strides, dilation_rate, padding,
        data_format,
    )  # fmt: skip


@op
def extract_patches_3d(
    volumes: Any,
    size: Any,
    strides: Any = None,
    dilation_rate: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> Any:
    """Cuts volumes into patches.

    Args:
        volumes: A volume `(depth, height, width, channels)` or a batch, or channels
            first.
        size: `(depth, height, width)` of a patch, or one number for all.
        strides: Steps from patch to patch; by default they lie side by side.
        dilation_rate: Distances within a patch.
        padding: "valid", or "same" for zeros around the volumes.
        data_format: "channels_last" or "channels_first"; the default if None.

    Returns:
        Tensor `(batch, *positions, depth * height * width * channels)`, or channels
        first.

    Example:
        >>> import numpy as np
        >>> extract_patches_3d(np.ones((2, 2, 2, 1)), 2).shape
        (1, 1, 1, 8)
    """
    return _patches(
        "extract_patches_3d", volumes, 3, size, strides, dilation_rate, padding,
        data_format,
    )  # fmt: skip


def _patches(
    name: str,
    images: Any,
    ndim: int,
    size: Any,
    strides: Any,
    dilation: Any,
    padding: str,
    data_format: str | None,
) -> Any:
    check_choice(name, "padding", padding, ("valid", "same"))
    window = per_axis(size, ndim)
    strides = window if strides is None else per_axis(strides, ndim)
    x, back = as_batch(name, images, data_format, rank=ndim + 1)
    channels = x.shape[-1]
    count = channels
    for n in window:
        count *= n
    # A filter for each element of a patch takes that element.
    kernel = reshape(eye(count, dtype=x.dtype), (*window, channels, count))
    return back(conv(x, kernel, strides, padding, "channels_last", dilation))
