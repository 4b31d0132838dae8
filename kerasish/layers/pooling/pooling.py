"""Pooling layers: the largest or the mean of each window."""

from typing import Any

from kerasish import ops
from kerasish.layers.pooling.base_pooling import BasePooling

__all__ = [
    "AveragePooling1D",
    "AveragePooling2D",
    "AveragePooling3D",
    "MaxPooling1D",
    "MaxPooling2D",
    "MaxPooling3D",
]


class MaxPooling1D(BasePooling):
    """Takes the largest element of each window over `time`.

    Args:
        pool_size: Sizes of the window, one number or one for each axis.
        strides: Its steps, `pool_size` by default.
        padding: "valid" or "same", whose padding is never the largest.
        data_format: "channels_last" or "channels_first"; the default if None.
        name: A name, made up if None.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, time, channels)`, or channels first.

    Output shape: `(batch, positions, channels)`, or channels first.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> MaxPooling1D(2)(np.ones((2, 4, 3))).shape
        (2, 2, 3)
    """

    def __init__(
        self,
        pool_size: Any = 2,
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        window = (pool_size, strides, padding)
        super().__init__(1, ops.max_pool, *window, data_format, name, **kwargs)


class MaxPooling2D(BasePooling):
    """Takes the largest element of each window over `height, width`.

    Args:
        pool_size: Sizes of the window, one number or one for each axis.
        strides: Its steps, `pool_size` by default.
        padding: "valid" or "same", whose padding is never the largest.
        data_format: "channels_last" or "channels_first"; the default if None.
        name: A name, made up if None.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, height, width, channels)`, or channels first.

    Output shape: `(batch, rows, columns, channels)`, or channels first.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> MaxPooling2D(2)(np.ones((2, 4, 4, 3))).shape
        (2, 2, 2, 3)
    """

    def __init__(
        self,
        pool_size: Any = (2, 2),
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        window = (pool_size, strides, padding)
        super().__init__(2, ops.max_pool, *window, data_format, name, **kwargs)


class MaxPooling3D(BasePooling):
    """Takes the largest element of each window over `depth, height, width`.

    Args:
        pool_size: Sizes of the window, one number or one for each axis.
        strides: Its steps, `pool_size` by default.
        padding: "valid" or "same", whose padding is never the largest.
        data_format: "channels_last" or "channels_first"; the default if None.
        name: A name, made up if None.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, depth, height, width, channels)`, or channels first.

    Output shape: `(batch, slices, rows, columns, channels)`, or channels first.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> MaxPooling3D(2)(np.ones((2, 4, 4, 4, 3))).shape
        (2, 2, 2, 2, 3)
    """

    def __init__(
        self,
        pool_size: Any = (2, 2, 2),
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        window = (pool_size, strides, padding)
        super().__init__(3, ops.max_pool, *window, data_format, name, **kwargs)


class AveragePooling1D(BasePooling):
    """Takes the mean of each window over `time`.

    Args:
        pool_size: Sizes of the window, one number or one for each axis.
        strides: Its steps, `pool_size` by default.
        padding: "valid" or "same", whose padding does not count (it does where
            Keras runs on PyTorch).
        data_format: "channels_last" or "channels_first"; the default if None.
        name: A name, made up if None.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, time, channels)`, or channels first.

    Output shape: `(batch, positions, channels)`, or channels first.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> AveragePooling1D(2)(np.ones((2, 4, 3))).shape
        (2, 2, 3)
    """

    def __init__(
        self,
        pool_size: Any,
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        window = (pool_size, strides, padding)
        super().__init__(1, ops.average_pool, *window, data_format, name, **kwargs)


class AveragePooling2D(BasePooling):
    """Takes the mean of each window over `height, width`.

    Args:
        pool_size: Sizes of the window, one number or one for each axis.
        strides: Its steps, `pool_size` by default.
        padding: "valid" or "same", whose padding does not count (it does where
            Keras runs on PyTorch).
        data_format: "channels_last" or "channels_first"; the default if None.
        name: A name, made up if None.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, height, width, channels)`, or channels first.

    Output shape: `(batch, rows, columns, channels)`, or channels first.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> AveragePooling2D(2)(np.ones((2, 4, 4, 3))).shape
        (2, 2, 2, 3)
    """

    def __init__(
        self,
        pool_size: Any,
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        window = (pool_size, strides, padding)
        super().__init__(2, ops.average_pool, *window, data_format, name, **kwargs)


class AveragePooling3D(BasePooling):
    """Takes the mean of each window over `depth, height, width`.

    Args:
        pool_size: Sizes of the window, one number or one for each axis.
        strides: Its steps, `pool_size` by default.
        padding: "valid" or "same", whose padding does not count (it does where
            Keras runs on PyTorch).
        data_format: "channels_last" or "channels_first"; the default if None.
        name: A name, made up if None.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, depth, height, width, channels)`, or channels first.

    Output shape: `(batch, slices, rows, columns, channels)`, or channels first.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> AveragePooling3D(2)(np.ones((2, 4, 4, 4, 3))).shape
        (2, 2, 2, 2, 3)
    """

    def __init__(
        self,
        pool_size: Any,
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        window = (pool_size, strides, padding)
        super().__init__(3, ops.average_pool, *window, data_format, name, **kwargs)
