"""Images resampled to other sizes.

A pixel covers a unit square, so its centre lies at a half. Each spatial axis is
multiplied by a matrix that holds, for each pixel of the result, the weights of the
pixels around the place that it comes from.
"""

from collections.abc import Callable
from typing import Any

from kerasish.autodiff import op
from kerasish.core.errors import ArgumentError
from kerasish.ops.arithmetic import add, divide, multiply, subtract
from kerasish.ops.comparison import greater, greater_equal, less, logical_and
from kerasish.ops.conversion import cast, converted
from kerasish.ops.creation import arange
from kerasish.ops.extremes import maximum
from kerasish.ops.image_layout import as_batch, check_choice, in_float
from kerasish.ops.indexing import take
from kerasish.ops.movement import expand_dims, moveaxis
from kerasish.ops.padding import pad
from kerasish.ops.products import tensordot
from kerasish.ops.reductions import sum
from kerasish.ops.rounding import absolute
from kerasish.ops.selection import where
from kerasish.ops.special import sinc

__all__ = ["resize", "scale_and_translate"]


def _triangle(x: Any) -> Any:
    return maximum(subtract(1.0, x), 0.0)


def _cubic(x: Any) -> Any:
    # Keys, 1981, "Cubic convolution interpolation", equation 15 (a = -1/2).
    near = add(multiply(multiply(subtract(multiply(x, 1.5), 2.5), x), x), 1.0)
    far = subtract(multiply(x, -0.5), -2.5)
    far = add(multiply(subtract(multiply(far, x), 4.0), x), 2.0)
    return where(less(x, 1.0), near, where(less(x, 2.0), far, 0.0))


def _lanczos(radius: int) -> Callable[[Any], Any]:
    def kernel(x: Any) -> Any:
        inside = less(x, float(radius))
        return where(inside, multiply(sinc(x), sinc(divide(x, float(radius)))), 0.0)

    return kernel


_KERNELS: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("linear", "bilinear", "trilinear", "triangle"), _triangle),
    **dict.fromkeys(("cubic", "bicubic", "tricubic"), _cubic),
    "lanczos3": _lanczos(3),
    "lanczos5": _lanczos(5),
}
_INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")


def _weights(
    size: int, count: int, scale: Any, shift: Any, method: str, antialias: bool
) -> Any:
    """Returns the weights `(size, count)` of pixels in each pixel of the result."""
    inverse = divide(1.0, scale)
    # Where pixels shrink, the kernel grows, so that each of them counts.
    stretch = maximum(inverse, 1.0) if antialias else 1.0
    centres = add(arange(count, dtype=scale.dtype), 0.5)
    places = subtract(multiply(subtract(centres, shift), inverse), 0.5)
    pixels = expand_dims(arange(size, dtype=scale.dtype), 1)
    away = divide(absolute(subtract(places, pixels)), stretch)
    found = _KERNELS[method](away)
    total = sum(found, axis=0, keepdims=True)
    some = greater(absolute(total), 1e-4)
    found = where(some, divide(found, where(some, total, 1.0)), 0.0)
    inside = logical_and(greater_equal(places, -0.5), greater_equal(size - 0.5, places))
    return where(inside, found, 0.0)


def _along(x: Any, weights: Any, axis: int) -> Any:
    made = tensordot(x, cast(weights, x.dtype), axes=[[axis], [0]])
    return moveaxis(made, -1, axis)


@op
def scale_and_translate(
    images: Any,
    output_shape: Any,
    scale: Any,
    translation: Any,
    spatial_dims: Any,
    method: str,
    antialias: bool = True,
) -> Any:
    """Resamples some axes: what lies at `x` comes to lie at `x * scale + translation`.

    Args:
        images: Tensor.
        output_shape: Shape of the result.
        scale: Vector of a positive number for each of `spatial_dims`.
        translation: Vector of a number for each of `spatial_dims`.
        spatial_dims: The axes that are resampled.
        method: "linear" (or "bilinear", "trilinear", "triangle"), "cubic" (or
            "bicubic", "tricubic"), "lanczos3" or "lanczos5".
        antialias: Whether all pixels count where the image shrinks.

    Returns:
        Tensor of `output_shape`; zero where nothing comes to lie.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> scale_and_translate(
        ...     [0.0, 1.0], (4,), [2.0], [0.0], (0,), "linear"
        ... ).tolist()
        [0.0, 0.25, 0.75, 1.0]
    """
    check_choice("scale_and_translate", "method", method, _KERNELS)
    x, narrow = in_float(converted(images))
    axes, shape = tuple(spatial_dims), tuple(output_shape)
    scale, translation = converted(scale), converted(translation)
    if len(shape) != len(x.shape) or scale.shape != (len(axes),):
        raise ArgumentError(
            "`output_shape` of `scale_and_translate` must have a size for each axis, "
            "`scale` and `translation` a number for each of `spatial_dims`. Received: "
            f"output_shape={shape}, scale of shape {scale.shape}, "
            f"spatial_dims={axes}"
        )
    scale, translation = cast(scale, x.dtype), cast(translation, x.dtype)
    for i, axis in enumerate(axes):
        weights = _weights(
            x.shape[axis], shape[axis], scale[i], translation[i], method, antialias
        )
        x = _along(x, weights, axis)
    return narrow(x)


@op
def resize(
    images: Any,
    size: Any,
    interpolation: str = "bilinear",
    antialias: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    fill_mode: str = "constant",
    fill_value: float = 0.0,
    data_format: str | None = None,
) -> Any:
    """Resizes images.

    Args:
        images: An image `(height, width, channels)` or a batch, or channels first.
        size: `(height, width)` of the result.
        interpolation: "nearest", "bilinear", "bicubic", "lanczos3" or "lanczos5".
        antialias: Whether all pixels count where the image shrinks.
        crop_to_aspect_ratio: Whether borders are cut off rather than the image
            distorted.
        pad_to_aspect_ratio: Whether borders are added rather than the image distorted.
        fill_mode: "constant": what borders are filled with.
        fill_value: The number they are filled with.
        data_format: "channels_last" or "channels_first"; the default if None.

    Returns:
        Tensor of the images' dtype; integers are rounded.

    Raises:
        ArgumentError: If an argument is out of range.
        ShapeError: If the images have another number of axes.

    Example:
        >>> resize([[[0.0], [1.0]]], (1, 4)).tolist()
        [[[0.0], [0.25], [0.75], [1.0]]]
    """
    check_choice("resize", "interpolation", interpolation, _INTERPOLATIONS)
    check_choice("resize", "fill_mode", fill_mode, ("constant",))
    if not isinstance(size, list | tuple) or len(size) != 2 or min(size) < 1:
        raise ArgumentError(
            f"`size` of `resize` must be two positive integers. Received: size={size!r}"
        )
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise ArgumentError(
            "`resize` takes `crop_to_aspect_ratio` or `pad_to_aspect_ratio`, not both."
        )
    x, back = as_batch("resize", images, data_format)
    x, narrow = in_float(x)
    if None in x.shape[1:3]:
        raise ArgumentError(
            "`resize` needs images of known height and width. "
            f"Received: shape={tuple(x.shape)}"
        )
    if crop_to_aspect_ratio:
        x = _cropped(x, size)
    elif pad_to_aspect_ratio:
        x = _bordered(x, size, fill_value)
    for axis, count in zip((1, 2), size, strict=True):
        x = _resized(x, axis, count, interpolation, antialias)
    return back(narrow(x))


def _resized(x: Any, axis: int, count: int, interpolation: str, smooth: bool) -> Any:
    length = x.shape[axis]
    if interpolation == "nearest":
        # The middle of pixel i of the result lies in this one.
        places = [(2 * i + 1) * length // (2 * count) for i in range(count)]
        return take(x, places, axis=axis)
    scale = cast(count / length, x.dtype)
    return _along(x, _weights(length, count, scale, 0.0, interpolation, smooth), axis)


def _cropped(x: Any, size: Any) -> Any:
    height, width = x.shape[1:3]
    rows = max(min(height, int(width * size[0] / size[1])), 1)
    columns = max(min(width, int(height * size[1] / size[0])), 1)
    top, left = (height - rows) // 2, (width - columns) // 2
    return x[:, top : top + rows, left : left + columns]


def _bordered(x: Any, size: Any, value: float) -> Any:
    height, width = x.shape[1:3]
    rows = max(height, int(width * size[0] / size[1]))
    columns = max(width, int(height * size[1] / size[0]))
    top, left = (rows - height) // 2, (columns - width) // 2
    # As much on both sides; an odd row or column is left out.
    sides = ((0, 0), (top, top), (left, left), (0, 0))
    return pad(x, sides, constant_values=value)
