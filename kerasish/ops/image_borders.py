"""Borders of images: cut off, or added."""

from typing import Any

from kerasish.autodiff import op
from kerasish.core.errors import ArgumentError
from kerasish.ops.conversion import converted
from kerasish.ops.convolution import is_channels_first
from kerasish.ops.image_layout import check_rank
from kerasish.ops.padding import pad

__all__ = ["crop_images", "pad_images"]


@op
def pad_images(
    images: Any,
    top_padding: int | None = None,
    left_padding: int | None = None,
    bottom_padding: int | None = None,
    right_padding: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> Any:
    """Adds zeros around images; two of the three numbers of a direction are given.

    Args:
        images: An image `(height, width, channels)` or a batch, or channels first.
        top_padding: Rows above.
        left_padding: Columns on the left.
        bottom_padding: Rows below.
        right_padding: Columns on the right.
        target_height: Height of the result.
        target_width: Width of the result.
        data_format: "channels_last" or "channels_first"; the default if None.

    Raises:
        ArgumentError: If not two of three are given, or a number comes out negative.

    Example:
        >>> pad_images([[[1.0]]], 0, 1, 0, target_width=3).tolist()
        [[[0.0], [1.0], [0.0]]]
    """
    x = converted(images)
    rows, columns = _spatial_axes("pad_images", x, data_format)
    widths = [(0, 0)] * len(x.shape)
    for axis, one, other, size in (
        (rows, "top", "bottom", "height"),
        (columns, "left", "right", "width"),
    ):
        names = (f"{one}_padding", f"{other}_padding", f"target_{size}")
        given = {
            "top": (top_padding, bottom_padding, target_height),
            "left": (left_padding, right_padding, target_width),
        }[one]
        widths[axis] = _around("pad_images", names, given, x.shape[axis], 1)
    return pad(x, widths)


@op
def crop_images(
    images: Any,
    top_cropping: int | None = None,
    left_cropping: int | None = None,
    bottom_cropping: int | None = None,
    right_cropping: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> Any:
    """Cuts off the borders of images; two of three numbers a direction are given.

    Args:
        images: An image `(height, width, channels)` or a batch, or channels first.
        top_cropping: Rows to cut off above.
        left_cropping: Columns to cut off on the left.
        bottom_cropping: Rows to cut off below.
        right_cropping: Columns to cut off on the right.
        target_height: Height of the result.
        target_width: Width of the result.
        data_format: "channels_last" or "channels_first"; the default if None.

    Raises:
        ArgumentError: If not two of three are given, or a number comes out negative.

    Example:
        >>> crop_images([[[1.0], [2.0], [3.0]]], 0, 1, 0, target_width=1).tolist()
        [[[2.0]]]
    """
    x = converted(images)
    rows, columns = _spatial_axes("crop_images", x, data_format)
    key = [slice(None)] * len(x.shape)
    for axis, names, given in (
        (
            rows,
            ("top_cropping", "bottom_cropping", "target_height"),
            (top_cropping, bottom_cropping, target_height),
        ),
        (
            columns,
            ("left_cropping", "right_cropping", "target_width"),
            (left_cropping, right_cropping, target_width),
        ),
    ):
        size = x.shape[axis]
        before, after = _around("crop_images", names, given, size, -1)
        key[axis] = slice(before, size - after)
    return x[tuple(key)]


def _spatial_axes(name: str, x: Any, data_format: str | None) -> tuple[int, int]:
    check_rank(name, x)
    last = len(x.shape) - 1
    if is_channels_first(data_format):
        return last - 1, last
    return last - 2, last - 1


def _around(
    name: str, names: tuple[str, str, str], given: Any, size: int | None, sign: int
) -> tuple[int, int]:
    """Returns the numbers before and after; `sign` is 1 where they are added."""
    before, after, target = given
    if sum(number is None for number in given) != 1:
        shown = ", ".join(f"{n}={v}" for n, v in zip(names, given, strict=True))
        raise ArgumentError(
            f"`{name}` takes exactly two of `{names[0]}`, `{names[1]}` and "
            f"`{names[2]}`. Received: {shown}"
        )
    if size is None:
        raise ArgumentError(f"`{name}` needs images of known height and width.")
    if target is None:
        target = size + sign * (before + after)
    rest = sign * (target - size)
    before = rest - after if before is None else before
    after = rest - before
    for label, number in zip(names, (before, after, target), strict=True):
        if number < 0 or (sign < 0 and label == names[2] and number == 0):
            raise ArgumentError(
                f"`{label}` of `{name}` must not be negative, and something must be "
                f"left. Received: {label}={number} for a size of {size}"
            )
    return before, after
