"""Convolution layers over one, two and three spatial axes."""

from typing import Any

from kerasish.layers.convolutional.base_conv import BaseConv

__all__ = ["Conv1D", "Conv2D", "Conv3D"]


class Conv1D(BaseConv):
    """Convolves over `time` with windows of trained weights.

    Args:
        filters: Channels of the output, a positive number.
        kernel_size: Sizes of the window, one number or one for each axis.
        strides: Steps of the window; above 1 only without dilation.
        padding: "valid" for none, "same" for `ceil(size / stride)` windows,
            or "causal" for zeros in front only, so that nothing later is seen.
        data_format: "channels_last" or "channels_first"; the default if None.
        dilation_rate: Distances within the window.
        groups: How many groups channels are split into; `filters` is a multiple.
        activation: Name or function, none by default.
        use_bias: Whether a bias is added.
        kernel_initializer: First values of the kernel.
        bias_initializer: First values of the bias.
        kernel_regularizer: Penalty on the kernel.
        bias_regularizer: Penalty on the bias.
        activity_regularizer: Penalty on the outputs.
        kernel_constraint: What the kernel is projected onto.
        bias_constraint: What the bias is projected onto.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, time, channels)`, or channels first.

    Output shape: `(batch, positions, filters)`, or channels first.

    Raises:
        ArgumentError: If a number is out of range.

    Example:
        >>> Conv1D(4, 3)(np.ones((2, 5, 3))).shape
        (2, 3, 4)
    """

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        groups: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            1,
            filters,
            kernel_size,
            strides,
            padding,
            data_format,
            dilation_rate,
            groups,
            activation,
            use_bias,
            kernel_initializer,
            bias_initializer,
            kernel_regularizer,
            bias_regularizer,
            activity_regularizer,
            kernel_constraint,
            bias_constraint,
            **kwargs,
        )


class Conv2D(BaseConv):
    """Convolves over `height, width` with windows of trained weights.

    Args:
        filters: Channels of the output, a positive number.
        kernel_size: Sizes of the window, one number or one for each axis.
        strides: Steps of the window; above 1 only without dilation.
        padding: "valid" for none, "same" for `ceil(size / stride)` windows.
        data_format: "channels_last" or "channels_first"; the default if None.
        dilation_rate: Distances within the window.
        groups: How many groups channels are split into; `filters` is a multiple.
        activation: Name or function, none by default.
        use_bias: Whether a bias is added.
        kernel_initializer: First values of the kernel.
        bias_initializer: First values of the bias.
        kernel_regularizer: Penalty on the kernel.
        bias_regularizer: Penalty on the bias.
        activity_regularizer: Penalty on the outputs.
        kernel_constraint: What the kernel is projected onto.
        bias_constraint: What the bias is projected onto.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, height, width, channels)`, or channels first.

    Output shape: `(batch, rows, columns, filters)`, or channels first.

    Raises:
        ArgumentError: If a number is out of range.

    Example:
        >>> Conv2D(4, 3)(np.ones((2, 5, 5, 3))).shape
        (2, 3, 3, 4)
    """

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = (1, 1),
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = (1, 1),
        groups: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            2,
            filters,
            kernel_size,
            strides,
            padding,
            data_format,
            dilation_rate,
            groups,
            activation,
            use_bias,
            kernel_initializer,
            bias_initializer,
            kernel_regularizer,
            bias_regularizer,
            activity_regularizer,
            kernel_constraint,
            bias_constraint,
            **kwargs,
        )


class Conv3D(BaseConv):
    """Convolves over `depth, height, width` with windows of trained weights.

    Args:
        filters: Channels of the output, a positive number.
        kernel_size: Sizes of the window, one number or one for each axis.
        strides: Steps of the window; above 1 only without dilation.
        padding: "valid" for none, "same" for `ceil(size / stride)` windows.
        data_format: "channels_last" or "channels_first"; the default if None.
        dilation_rate: Distances within the window.
        groups: How many groups channels are split into; `filters` is a multiple.
        activation: Name or function, none by default.
        use_bias: Whether a bias is added.
        kernel_initializer: First values of the kernel.
        bias_initializer: First values of the bias.
        kernel_regularizer: Penalty on the kernel.
        bias_regularizer: Penalty on the bias.
        activity_regularizer: Penalty on the outputs.
        kernel_constraint: What the kernel is projected onto.
        bias_constraint: What the bias is projected onto.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, depth, height, width, channels)`, or channels first.

    Output shape: `(batch, slices, rows, columns, filters)`, or channels first.

    Raises:
        ArgumentError: If a number is out of range.

    Example:
        >>> Conv3D(4, 3)(np.ones((2, 5, 5, 5, 3))).shape
        (2, 3, 3, 3, 4)
    """

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = (1, 1, 1),
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = (1, 1, 1),
        groups: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            3,
            filters,
            kernel_size,
            strides,
            padding,
            data_format,
            dilation_rate,
            groups,
            activation,
            use_bias,
            kernel_initializer,
            bias_initializer,
            kernel_regularizer,
            bias_regularizer,
            activity_regularizer,
            kernel_constraint,
            bias_constraint,
            **kwargs,
        )
