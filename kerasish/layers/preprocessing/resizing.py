"""Layers that bring images to one size: by resampling, or by cutting out the middle."""

from typing import Any

from kerasish import ops
from kerasish.autodiff import KerasTensor
from kerasish.core.config import image_data_format
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.layers.base import Layer
from kerasish.layers.convolutional.spatial_layer import one_of, sizes

__all__ = ["CenterCrop", "Resizing"]

INTERPOLATIONS = ("bilinear", "nearest", "bicubic", "lanczos3", "lanczos5")
FORMATS = ("channels_last", "channels_first")


class _ToSize(Layer):
    """Makes images of one size, single ones or batches."""

    def __init__(
        self, height: int, width: int, data_format: str | None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        kind = type(self).__name__
        self.height = sizes(kind, "height", height, 1)[0]
        self.width = sizes(kind, "width", width, 1)[0]
        given = data_format or image_data_format()
        self.data_format = one_of(kind, "data_format", given, FORMATS)

    def _axes(self, shape: Any) -> tuple[int, int]:
        """Returns the axes of rows and columns."""
        ndim = len(shape)
        if ndim not in (3, 4):
            raise ShapeError(
                f"`{type(self).__name__}` {self.name!r} takes one image of 3 axes, or "
                f"a batch of 4. Received: shape={tuple(shape)}"
            )
        first = self.data_format == "channels_first"
        return (ndim - 2, ndim - 1) if first else (ndim - 3, ndim - 2)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """Returns the shape of the outputs.

        Raises:
            ShapeError: If it is no shape of images.
        """
        found = list(input_shape)
        rows, columns = self._axes(input_shape)
        found[rows], found[columns] = self.height, self.width
        return tuple(found)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "height": self.height,
            "width": self.width,
            "data_format": self.data_format,
        }


class Resizing(_ToSize):
    """Resizes images.

    Integers stay integers and are rounded; put a `Rescaling` behind it for floats.

    Args:
        height: Rows of the result.
        width: Columns of the result.
        interpolation: "bilinear", "nearest", "bicubic", "lanczos3" or "lanczos5".
        crop_to_aspect_ratio: Whether borders are cut off rather than images distorted.
        pad_to_aspect_ratio: Whether borders are added rather than images distorted.
        fill_mode: "constant": what borders are filled with.
        fill_value: The number they are filled with.
        antialias: Whether all pixels count where images shrink.
        data_format: "channels_last" or "channels_first"; the default if None.
        **kwargs: Arguments of `Layer`.

    Input shape: `(height, width, channels)` or a batch, or channels first.

    Output shape: the same with the new height and width.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> Resizing(2, 4)(np.ones((5, 8, 8, 3))).shape
        (5, 2, 4, 3)
    """

    def __init__(
        self,
        height: int,
        width: int,
        interpolation: str = "bilinear",
        crop_to_aspect_ratio: bool = False,
        pad_to_aspect_ratio: bool = False,
        fill_mode: str = "constant",
        fill_value: float = 0.0,
        antialias: bool = False,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(height, width, data_format, **kwargs)
        if crop_to_aspect_ratio and pad_to_aspect_ratio:
            raise ArgumentError(
                "`Resizing` takes `crop_to_aspect_ratio` or `pad_to_aspect_ratio`, not "
                "both."
            )
        self.interpolation = one_of(
            "Resizing", "interpolation", interpolation, INTERPOLATIONS
        )
        self.crop_to_aspect_ratio = crop_to_aspect_ratio
        self.pad_to_aspect_ratio = pad_to_aspect_ratio
        self.fill_mode = one_of("Resizing", "fill_mode", fill_mode, ("constant",))
        self.fill_value = fill_value
        self.antialias = antialias

    def call(self, data: Any, training: bool = True) -> Any:
        """Computes the outputs, the same ones in training and in inference."""
        self._axes(data.shape)
        return ops.image.resize(
            data,
            (self.height, self.width),
            interpolation=self.interpolation,
            antialias=self.antialias,
            crop_to_aspect_ratio=self.crop_to_aspect_ratio,
            pad_to_aspect_ratio=self.pad_to_aspect_ratio,
            fill_mode=self.fill_mode,
            fill_value=self.fill_value,
            data_format=self.data_format,
        )

    def compute_output_spec(self, data: Any, training: bool = True) -> Any:
        """Infers the symbolic outputs."""
        return KerasTensor(self.compute_output_shape(data.shape), data.dtype)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "interpolation": self.interpolation,
            "crop_to_aspect_ratio": self.crop_to_aspect_ratio,
            "pad_to_aspect_ratio": self.pad_to_aspect_ratio,
            "fill_mode": self.fill_mode,
            "fill_value": self.fill_value,
            "antialias": self.antialias,
        }


class CenterCrop(_ToSize):
    """Cuts out the middle of images.

    Images that are too small are resized first: to the largest window of them that has
    the new proportions.

    Args:
        height: Rows of the result.
        width: Columns of the result.
        data_format: "channels_last" or "channels_first"; the default if None.
        **kwargs: Arguments of `Layer`.

    Input shape: `(height, width, channels)` or a batch, or channels first.

    Output shape: the same with the new height and width.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> CenterCrop(1, 2)(np.arange(12.0).reshape(3, 4, 1))[..., 0].tolist()
        [[5.0, 6.0]]
    """

    def __init__(
        self, height: int, width: int, data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(height, width, data_format, **kwargs)

    def call(self, data: Any, training: bool = True) -> Any:
        """Computes the outputs, which are floats, the same ones in training."""
        x = ops.cast(data, self.compute_dtype)
        size = (self.height, self.width)
        axes = self._axes(x.shape)
        if any(x.shape[axis] < n for axis, n in zip(axes, size, strict=True)):
            return ops.image.resize(
                x, size, crop_to_aspect_ratio=True, data_format=self.data_format
            )
        key = [slice(None)] * len(x.shape)
        for axis, n in zip(axes, size, strict=True):
            start = (x.shape[axis] - n) // 2
            key[axis] = slice(start, start + n)
        return x[tuple(key)]
