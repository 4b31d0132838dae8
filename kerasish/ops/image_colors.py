"""Colors of images: red, green and blue; grey; hue, saturation and value."""

from typing import Any

from kerasish.autodiff import op
from kerasish.core.dtypes import is_float_dtype
from kerasish.core.errors import DtypeError, ShapeError
from kerasish.ops.arithmetic import add, divide, multiply, subtract
from kerasish.ops.comparison import equal, greater
from kerasish.ops.conversion import cast, converted
from kerasish.ops.extremes import clip, maximum, minimum, mod
from kerasish.ops.image_layout import as_batch, in_float
from kerasish.ops.movement import expand_dims, stack, unstack
from kerasish.ops.rounding import absolute
from kerasish.ops.selection import where

__all__ = ["hsv_to_rgb", "rgb_to_grayscale", "rgb_to_hsv"]

# The luma of ITU-R BT.601.
RED, GREEN, BLUE = 0.2989, 0.587, 0.114


def _three_channels(
    name: str, images: Any, data_format: str | None, floating: bool = True
) -> tuple[Any, Any]:
    images = converted(images)
    if floating and not is_float_dtype(images.dtype):
        raise DtypeError(
            f"`{name}` takes images of floats. Received: dtype={images.dtype}"
        )
    x, back = as_batch(name, images, data_format)
    if x.shape[-1] != 3:
        raise ShapeError(
            f"`{name}` takes images of 3 channels. "
            f"Received: shape={tuple(images.shape)}"
        )
    return x, back


@op
def rgb_to_grayscale(images: Any, data_format: str | None = None) -> Any:
    """Computes the brightness that people see, `0.2989 r + 0.587 g + 0.114 b`.

    Args:
        images: An image `(height, width, 3)` or a batch, or channels first.
        data_format: "channels_last" or "channels_first"; the default if None.

    Returns:
        Tensor of one channel, of the images' dtype; integers are cut.

    Raises:
        ShapeError: If there are not 3 channels.

    Example:
        >>> rgb_to_grayscale([[[1.0, 1.0, 0.0]]]).shape
        (1, 1, 1)
    """
    x, back = _three_channels("rgb_to_grayscale", images, data_format, floating=False)
    wide, _ = in_float(x)
    red, green, blue = unstack(wide, 3, -1)
    mixed = add(multiply(red, RED), multiply(green, GREEN))
    grey = expand_dims(add(mixed, multiply(blue, BLUE)), -1)
    return back(cast(grey, x.dtype))


@op
def rgb_to_hsv(images: Any, data_format: str | None = None) -> Any:
    """Turns red, green and blue from 0 to 1 into hue, saturation and value.

    Args:
        images: An image `(height, width, 3)` of floats or a batch, or channels first.
        data_format: "channels_last" or "channels_first"; the default if None.

    Returns:
        Tensor like `images`; a hue of 0 is red, 1/3 green, 2/3 blue.

    Raises:
        ShapeError: If there are not 3 channels.
        DtypeError: If the images hold no floats.

    Example:
        >>> rgb_to_hsv([[[0.0, 0.0, 0.5]]], "channels_last").tolist()[0][0][1:]
        [1.0, 0.5]
    """
    x, back = _three_channels("rgb_to_hsv", images, data_format)
    red, green, blue = unstack(x, 3, -1)
    value = maximum(maximum(red, green), blue)
    spread = subtract(value, minimum(minimum(red, green), blue))
    colored, lit = greater(spread, 0), greater(value, 0)
    saturation = where(lit, divide(spread, where(lit, value, 1.0)), 0.0)
    unit = where(colored, spread, 1.0)
    from_red = mod(divide(subtract(green, blue), unit), 6.0)
    from_green = add(divide(subtract(blue, red), unit), 2.0)
    from_blue = add(divide(subtract(red, green), unit), 4.0)
    sector = where(
        equal(value, red),
        from_red,
        where(equal(value, green), from_green, from_blue),
    )
    hue = where(colored, divide(sector, 6.0), 0.0)
    return back(stack([hue, saturation, value], axis=-1))


@op
def hsv_to_rgb(images: Any, data_format: str | None = None) -> Any:
    """Turns hue, saturation and value from 0 to 1 into red, green and blue.

    Args:
        images: An image `(height, width, 3)` of floats or a batch, or channels first.
        data_format: "channels_last" or "channels_first"; the default if None.

    Returns:
        Tensor like `images`.

    Raises:
        ShapeError: If there are not 3 channels.
        DtypeError: If the images hold no floats.

    Example:
        >>> hsv_to_rgb([[[0.0, 1.0, 0.5]]], "channels_last").tolist()
        [[[0.5, 0.0, 0.0]]]
    """
    x, back = _three_channels("hsv_to_rgb", images, data_format)
    hue, saturation, value = unstack(x, 3, -1)
    sector = multiply(hue, 6.0)
    # How much of each channel a pure color has: straight pieces round the circle.
    red = clip(subtract(absolute(subtract(sector, 3.0)), 1.0), 0.0, 1.0)
    green = clip(subtract(2.0, absolute(subtract(sector, 2.0))), 0.0, 1.0)
    blue = clip(subtract(2.0, absolute(subtract(sector, 4.0))), 0.0, 1.0)
    made = [
        multiply(value, subtract(1.0, multiply(saturation, subtract(1.0, pure))))
        for pure in (red, green, blue)
    ]
    return back(stack(made, axis=-1))
