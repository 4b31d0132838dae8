"""Layers that make the spatial axes longer by whole factors."""

from typing import Any

from kerasish import ops
from kerasish.autodiff import KerasTensor
from kerasish.core.errors import ArgumentTypeError
from kerasish.layers.convolutional.spatial_layer import SpatialLayer, one_of, sizes

__all__ = ["UpSampling1D", "UpSampling2D", "UpSampling3D"]

INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")


class _UpSampling(SpatialLayer):
    """Repeats each position along some axes."""

    _factors: tuple[int, ...]

    def call(self, inputs: Any) -> Any:
        """Computes the outputs."""
        # Each axis gets one of copies behind it, which costs nothing before the
        # reshape writes the result; its gradient is one sum over these axes.
        apart: list[int] = []
        wide: list[int] = []
        by_axis = dict(zip(self._spatial_axes, self._factors, strict=True))
        for axis, n in enumerate(inputs.shape):
            factor = by_axis.get(axis, 1)
            apart += [n] if factor == 1 else [n, 1]
            wide += [n] if factor == 1 else [n, factor]
        copies = ops.broadcast_to(ops.reshape(inputs, tuple(apart)), tuple(wide))
        return ops.reshape(copies, self.compute_output_shape(inputs.shape))

    def _size(self, n: int, i: int) -> int:
        return n * self._factors[i]

    def compute_output_spec(self, inputs: Any) -> Any:
        """Infers the symbolic outputs."""
        return KerasTensor(self.compute_output_shape(inputs.shape), inputs.dtype)


class UpSampling1D(_UpSampling):
    """Repeats each step.

    Args:
        size: How often.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, steps, channels)`.

    Output shape: `(batch, steps * size, channels)`.

    Raises:
        ArgumentTypeError: If `size` is no integer.
        ArgumentError: If `size` is not positive.

    Example:
        >>> UpSampling1D(2)(np.array([[[1.0], [2.0]]])).tolist()
        [[[1.0], [1.0], [2.0], [2.0]]]
    """

    _rank = 1

    def __init__(self, size: int = 2, **kwargs: Any) -> None:
        super().__init__(1, "channels_last", **kwargs)
        if not hasattr(size, "__index__") or isinstance(size, bool):
            raise ArgumentTypeError(
                f"Expected an integer value for `size` of `UpSampling1D`, got "
                f"{type(size).__name__}. Received: size={size!r}"
            )
        self._factors = sizes("UpSampling1D", "size", size, 1)
        self.size = self._factors[0]

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {**super().get_config(), "size": self.size}


class UpSampling2D(_UpSampling):
    """Makes images larger by whole factors.

    Args:
        size: `(rows, columns)`, or one factor for both.
        data_format: "channels_last" or "channels_first"; the default if None.
        interpolation: "nearest", which repeats rows and columns, "bilinear",
            "bicubic", "lanczos3" or "lanczos5".
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, height, width, channels)`, or channels first.

    Output shape: `(batch, height * rows, width * columns, channels)`, or channels
        first.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> UpSampling2D((1, 2))(np.ones((2, 4, 4, 3))).shape
        (2, 4, 8, 3)
    """

    _rank = 2

    def __init__(
        self,
        size: Any = (2, 2),
        data_format: str | None = None,
        interpolation: str = "nearest",
        **kwargs: Any,
    ) -> None:
        super().__init__(2, data_format, **kwargs)
        self.size = self._factors = sizes("UpSampling2D", "size", size, 2)
        self.interpolation = one_of(
            "UpSampling2D", "interpolation", interpolation, INTERPOLATIONS
        )

    def call(self, inputs: Any) -> Any:
        """Computes the outputs."""
        if self.interpolation == "nearest":
            return super().call(inputs)
        size = tuple(
            self._size(inputs.shape[axis], i)
            for i, axis in enumerate(self._spatial_axes)
        )
        return ops.image.resize(
            inputs, size, self.interpolation, data_format=self.data_format
        )

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "size": self.size,
            "data_format": self.data_format,
            "interpolation": self.interpolation,
        }


class UpSampling3D(_UpSampling):
    """Repeats each position of volumes along all three axes.

    Args:
        size: How often along each axis, or one number for all.
        data_format: "channels_last" or "channels_first"; the default if None.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, depth, height, width, channels)`, or channels first.

    Output shape: the same with longer spatial axes.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> UpSampling3D((1, 2, 3))(np.ones((1, 2, 2, 2, 1))).shape
        (1, 2, 4, 6, 1)
    """

    _rank = 3

    def __init__(
        self, size: Any = (2, 2, 2), data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(3, data_format, **kwargs)
        self.size = self._factors = sizes("UpSampling3D", "size", size, 3)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "size": self.size,
            "data_format": self.data_format,
        }
