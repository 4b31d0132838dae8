"""Layers that add zeros around the spatial axes."""

from typing import Any

from kerasish import ops
from kerasish.autodiff import KerasTensor
from kerasish.layers.convolutional.spatial_layer import SpatialLayer
from kerasish.layers.reshaping.ends import pairs

__all__ = ["ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D"]


class _ZeroPadding(SpatialLayer):
    """Adds zeros at both ends of some axes."""

    _rank: int

    def __init__(
        self, padding: Any = 1, data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(self._rank, data_format, **kwargs)
        self._pairs = pairs(type(self).__name__, "padding", padding, self._rank)
        self.padding: Any = self._pairs if self._rank > 1 else self._pairs[0]

    def call(self, inputs: Any) -> Any:
        """Computes the outputs."""
        widths = [(0, 0)] * len(inputs.shape)
        for axis, pair in zip(self._spatial_axes, self._pairs, strict=True):
            widths[axis] = pair
        return ops.pad(inputs, widths)

    def _size(self, n: int, i: int) -> int:
        return n + sum(self._pairs[i])

    def compute_output_spec(self, inputs: Any) -> Any:
        """Infers the symbolic outputs."""
        return KerasTensor(self.compute_output_shape(inputs.shape), inputs.dtype)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "padding": self.padding,
            "data_format": self.data_format,
        }


class ZeroPadding1D(_ZeroPadding):
    """Adds zeros before and after the steps.

    Args:
        padding: How many at both ends, or `(before, after)`.
        data_format: "channels_last" or "channels_first"; the default if None.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, steps, channels)`, or channels first.

    Output shape: `(batch, before + steps + after, channels)`, or channels first.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> ZeroPadding1D((0, 2))(np.ones((1, 1, 1))).tolist()
        [[[1.0], [0.0], [0.0]]]
    """

    _rank = 1


class ZeroPadding2D(_ZeroPadding):
    """Adds rows and columns of zeros around images.

    Args:
        padding: How many on all sides; `(rows, columns)`; or
            `((top, bottom), (left, right))`.
        data_format: "channels_last" or "channels_first"; the default if None.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, height, width, channels)`, or channels first.

    Output shape: `(batch, top + height + bottom, left + width + right, channels)`, or
        channels first.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> ZeroPadding2D(((1, 0), (2, 2)))(np.ones((1, 4, 4, 3))).shape
        (1, 5, 8, 3)
    """

    _rank = 2

    def __init__(
        self, padding: Any = (1, 1), data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(padding, data_format, **kwargs)


class ZeroPadding3D(_ZeroPadding):
    """Adds zeros around volumes.

    Args:
        padding: How many on all sides; one number for each axis; or
            `((before, after), (before, after), (before, after))`.
        data_format: "channels_last" or "channels_first"; the default if None.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, depth, height, width, channels)`, or channels first.

    Output shape: the same with longer spatial axes.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> ZeroPadding3D((1, 0, 2))(np.ones((1, 4, 4, 4, 3))).shape
        (1, 6, 4, 8, 3)
    """

    _rank = 3

    def __init__(
        self,
        padding: Any = ((1, 1), (1, 1), (1, 1)),
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(padding, data_format, **kwargs)
