"""Layers that cut off both ends of the spatial axes."""

from typing import Any

from kerasish.autodiff import KerasTensor
from kerasish.core.errors import ShapeError
from kerasish.layers.convolutional.spatial_layer import SpatialLayer
from kerasish.layers.reshaping.ends import pairs

__all__ = ["Cropping1D", "Cropping2D", "Cropping3D"]


class _Cropping(SpatialLayer):
    """Cuts off both ends of some axes."""

    _rank: int

    def __init__(
        self, cropping: Any, data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(self._rank, data_format, **kwargs)
        self._pairs = pairs(type(self).__name__, "cropping", cropping, self._rank)
        self.cropping: Any = self._pairs if self._rank > 1 else self._pairs[0]

    def call(self, inputs: Any) -> Any:
        """Computes the outputs."""
        key = [slice(None)] * len(inputs.shape)
        for i, axis in enumerate(self._spatial_axes):
            start = self._pairs[i][0]
            key[axis] = slice(start, start + self._size(inputs.shape[axis], i))
        return inputs[tuple(key)]

    def _size(self, n: int, i: int) -> int:
        left = n - sum(self._pairs[i])
        if left < 1:
            raise ShapeError(
                f"`cropping` of `{type(self).__name__}` {self.name!r} must leave "
                f"something of axis {self._spatial_axes[i]}, which has the size {n}. "
                f"Received: cropping={self.cropping}"
            )
        return left

    def compute_output_spec(self, inputs: Any) -> Any:
        """Infers the symbolic outputs."""
        return KerasTensor(self.compute_output_shape(inputs.shape), inputs.dtype)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        config = {**super().get_config(), "cropping": self.cropping}
        if self._rank > 1:
            config["data_format"] = self.data_format
        return config


class Cropping1D(_Cropping):
    """Cuts off steps at both ends.

    Args:
        cropping: How many at both ends, or `(before, after)`.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, steps, channels)`.

    Output shape: `(batch, steps - before - after, channels)`.

    Raises:
        ArgumentError: If `cropping` is out of range.

    Example:
        >>> Cropping1D((1, 0))(np.array([[[1.0], [2.0], [3.0]]])).tolist()
        [[[2.0], [3.0]]]
    """

    _rank = 1

    def __init__(self, cropping: Any = (1, 1), **kwargs: Any) -> None:
        super().__init__(cropping, "channels_last", **kwargs)


class Cropping2D(_Cropping):
    """Cuts off rows and columns at the sides of images.

    Args:
        cropping: How many on all sides; `(rows, columns)`; or
            `((top, bottom), (left, right))`.
        data_format: "channels_last" or "channels_first"; the default if None.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, height, width, channels)`, or channels first.

    Output shape: `(batch, height - top - bottom, width - left - right, channels)`, or
        channels first.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> Cropping2D(((2, 2), (4, 4)))(np.ones((2, 28, 28, 3))).shape
        (2, 24, 20, 3)
    """

    _rank = 2

    def __init__(
        self,
        cropping: Any = ((0, 0), (0, 0)),
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(cropping, data_format, **kwargs)


class Cropping3D(_Cropping):
    """Cuts off the sides of volumes.

    Args:
        cropping: How much on all sides; one number for each axis; or
            `((before, after), (before, after), (before, after))`.
        data_format: "channels_last" or "channels_first"; the default if None.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, depth, height, width, channels)`, or channels first.

    Output shape: the same with shorter spatial axes.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> Cropping3D((1, 0, 2))(np.ones((1, 5, 5, 5, 3))).shape
        (1, 3, 5, 1, 3)
    """

    _rank = 3

    def __init__(
        self,
        cropping: Any = ((1, 1), (1, 1), (1, 1)),
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(cropping, data_format, **kwargs)
