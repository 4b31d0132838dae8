"""Adaptive pooling layers: windows cut so that as many come out as are asked for."""

from typing import Any

from kerasish import ops
from kerasish.layers.pooling.base_pooling import BaseAdaptivePooling

__all__ = [
    "AdaptiveAveragePooling1D",
    "AdaptiveAveragePooling2D",
    "AdaptiveAveragePooling3D",
    "AdaptiveMaxPooling1D",
    "AdaptiveMaxPooling2D",
    "AdaptiveMaxPooling3D",
]


class AdaptiveAveragePooling1D(BaseAdaptivePooling):
    """Takes the mean of each of so many windows over `time`.

    Along an axis, window `i` of `m` over `n` elements goes from `floor(i n / m)` to
    `ceil((i + 1) n / m)`.

    Args:
        output_size: How many windows, one number or one for each axis.
        data_format: "channels_last" or "channels_first"; the default if None.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, time, channels)`, or channels first.

    Output shape: `(batch, *output_size, channels)`, or channels first.

    Raises:
        ArgumentTypeError: If `output_size` is no integer.
        ArgumentError: If it is not positive.

    Example:
        >>> AdaptiveAveragePooling1D(3)(np.ones((2, 5, 3))).shape
        (2, 3, 3)
    """

    def __init__(
        self, output_size: Any, data_format: str | None = None, **kwargs: Any
    ) -> None:
        function = ops.adaptive_average_pool
        super().__init__(1, function, output_size, data_format, **kwargs)


class AdaptiveAveragePooling2D(BaseAdaptivePooling):
    """Takes the mean of each of so many windows over `height, width`.

    Along an axis, window `i` of `m` over `n` elements goes from `floor(i n / m)` to
    `ceil((i + 1) n / m)`.

    Args:
        output_size: How many windows, one number or one for each axis.
        data_format: "channels_last" or "channels_first"; the default if None.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, height, width, channels)`, or channels first.

    Output shape: `(batch, *output_size, channels)`, or channels first.

    Raises:
        ArgumentTypeError: If `output_size` is no integer nor one for each axis.
        ArgumentError: If it is not positive.

    Example:
        >>> AdaptiveAveragePooling2D(3)(np.ones((2, 5, 5, 3))).shape
        (2, 3, 3, 3)
    """

    def __init__(
        self, output_size: Any, data_format: str | None = None, **kwargs: Any
    ) -> None:
        function = ops.adaptive_average_pool
        super().__init__(2, function, output_size, data_format, **kwargs)


class AdaptiveAveragePooling3D(BaseAdaptivePooling):
    """Takes the mean of each of so many windows over `depth, height, width`.

    Along an axis, window `i` of `m` over `n` elements goes from `floor(i n / m)` to
    `ceil((i + 1) n / m)`.

    Args:
        output_size: How many windows, one number or one for each axis.
        data_format: "channels_last" or "channels_first"; the default if None.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, depth, height, width, channels)`, or channels first.

    Output shape: `(batch, *output_size, channels)`, or channels first.

    Raises:
        ArgumentTypeError: If `output_size` is no integer nor one for each axis.
        ArgumentError: If it is not positive.

    Example:
        >>> AdaptiveAveragePooling3D(3)(np.ones((2, 5, 5, 5, 3))).shape
        (2, 3, 3, 3, 3)
    """

    def __init__(
        self, output_size: Any, data_format: str | None = None, **kwargs: Any
    ) -> None:
        function = ops.adaptive_average_pool
        super().__init__(3, function, output_size, data_format, **kwargs)


class AdaptiveMaxPooling1D(BaseAdaptivePooling):
    """Takes the largest element of each of so many windows over `time`.

    Along an axis, window `i` of `m` over `n` elements goes from `floor(i n / m)` to
    `ceil((i + 1) n / m)`.

    Args:
        output_size: How many windows, one number or one for each axis.
        data_format: "channels_last" or "channels_first"; the default if None.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, time, channels)`, or channels first.

    Output shape: `(batch, *output_size, channels)`, or channels first.

    Raises:
        ArgumentTypeError: If `output_size` is no integer.
        ArgumentError: If it is not positive.

    Example:
        >>> AdaptiveMaxPooling1D(3)(np.ones((2, 5, 3))).shape
        (2, 3, 3)
    """

    def __init__(
        self, output_size: Any, data_format: str | None = None, **kwargs: Any
    ) -> None:
        function = ops.adaptive_max_pool
        super().__init__(1, function, output_size, data_format, **kwargs)


class AdaptiveMaxPooling2D(BaseAdaptivePooling):
    """Takes the largest element of each of so many windows over `height, width`.

    Along an axis, window `i` of `m` over `n` elements goes from `floor(i n / m)` to
    `ceil((i + 1) n / m)`.

    Args:
        output_size: How many windows, one number or one for each axis.
        data_format: "channels_last" or "channels_first"; the default if None.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, height, width, channels)`, or channels first.

    Output shape: `(batch, *output_size, channels)`, or channels first.

    Raises:
        ArgumentTypeError: If `output_size` is no integer nor one for each axis.
        ArgumentError: If it is not positive.

    Example:
        >>> AdaptiveMaxPooling2D(3)(np.ones((2, 5, 5, 3))).shape
        (2, 3, 3, 3)
    """

    def __init__(
        self, output_size: Any, data_format: str | None = None, **kwargs: Any
    ) -> None:
        function = ops.adaptive_max_pool
        super().__init__(2, function, output_size, data_format, **kwargs)


class AdaptiveMaxPooling3D(BaseAdaptivePooling):
    """Takes the largest element of each of so many windows over `depth, height, width`.

    Along an axis, window `i` of `m` over `n` elements goes from `floor(i n / m)` to
    `ceil((i + 1) n / m)`.

    Args:
        output_size: How many windows, one number or one for each axis.
        data_format: "channels_last" or "channels_first"; the default if None.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, depth, height, width, channels)`, or channels first.

    Output shape: `(batch, *output_size, channels)`, or channels first.

    Raises:
        ArgumentTypeError: If `output_size` is no integer nor one for each axis.
        ArgumentError: If it is not positive.

    Example:
        >>> AdaptiveMaxPooling3D(3)(np.ones((2, 5, 5, 5, 3))).shape
        (2, 3, 3, 3, 3)
    """

    def __init__(
        self, output_size: Any, data_format: str | None = None, **kwargs: Any
    ) -> None:
        function = ops.adaptive_max_pool
        super().__init__(3, function, output_size, data_format, **kwargs)
