"""Images as operations see them: a batch of them, channels last, and back again."""

from collections.abc import Callable
from typing import Any

from kerasish.core.dtypes import is_float_dtype
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.ops.conversion import cast, converted
from kerasish.ops.convolution import is_channels_first
from kerasish.ops.extremes import round
from kerasish.ops.limits import saturate_cast
from kerasish.ops.movement import expand_dims, moveaxis, squeeze

__all__ = ["as_batch", "check_choice", "check_rank", "in_float"]


def check_rank(name: str, images: Any, rank: int = 3) -> None:
    """Raises unless a tensor is an image or a batch of images.

    Args:
        name: The operation.
        images: Tensor.
        rank: The number of axes of one image.

    Raises:
        ShapeError: If it has another number of axes.
    """
    if len(images.shape) not in (rank, rank + 1):
        raise ShapeError(
            f"`{name}` takes one image of {rank} axes, or a batch of {rank + 1}. "
            f"Received: shape={tuple(images.shape)}"
        )


def check_choice(name: str, argument: str, value: Any, known: Any) -> None:
    """Raises unless an argument is one of some values.

    Args:
        name: The operation.
        argument: The argument.
        value: What was given.
        known: What it may be.

    Raises:
        ArgumentError: If it is another.
    """
    if value not in tuple(known):
        raise ArgumentError(
            f"`{argument}` of `{name}` must be one of {tuple(known)}. "
            f"Received: {argument}={value!r}"
        )


def as_batch(
    name: str, images: Any, data_format: str | None, rank: int = 3
) -> tuple[Any, Callable[[Any], Any]]:
    """Returns images as a batch with channels last, and what undoes that.

    Args:
        name: The operation, for messages.
        images: An image or a batch.
        data_format: "channels_last" or "channels_first"; the default if None.
        rank: The number of axes of one image.

    Raises:
        ShapeError: If the images have another number of axes.

    Example:
        >>> batch, back = as_batch("f", [[[1.0], [2.0]]], "channels_last")
        >>> batch.shape, back(batch).shape
        ((1, 1, 2, 1), (1, 2, 1))
    """
    images = converted(images)
    check_rank(name, images, rank)
    first = is_channels_first(data_format)
    single = len(images.shape) == rank
    x = expand_dims(images, 0) if single else images
    x = moveaxis(x, 1, -1) if first else x

    def back(y: Any) -> Any:
        y = moveaxis(y, -1, 1) if first else y
        return squeeze(y, 0) if single else y

    return x, back


def in_float(x: Any) -> tuple[Any, Callable[[Any], Any]]:
    """Returns numbers in float32 or wider, and what brings results to their dtype.

    Args:
        x: Tensor; where it holds integers, results are rounded.

    Example:
        >>> import numpy as np
        >>> wide, back = in_float(converted(np.array([200], "uint8")))
        >>> back(wide * 1.01).tolist(), back(wide * 2).tolist()
        ([202], [255])
    """
    name = x.dtype
    if name in ("float32", "float64"):
        return x, lambda y: y
    if is_float_dtype(name):
        return cast(x, "float32"), lambda y: cast(y, name)
    return cast(x, "float32"), lambda y: saturate_cast(round(y), name)
