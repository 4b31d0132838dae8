"""Separable convolution layers over one and two spatial axes."""

from typing import Any

from kerasish.layers.convolutional.base_separable_conv import BaseSeparableConv

__all__ = ["SeparableConv1D", "SeparableConv2D"]


class SeparableConv1D(BaseSeparableConv):
    """Convolves over `time` channel by channel, then mixes the channels.

    It has far fewer weights than a convolution with as many filters.

    Args:
        filters: Channels of the output, a positive number.
        kernel_size: Sizes of the window, one number or one for each axis.
        strides: Steps of the window.
        padding: "valid" for none, "same" for `ceil(size / stride)` windows.
        data_format: "channels_last" or "channels_first"; the default if None.
        dilation_rate: Distances within the window.
        depth_multiplier: Kernels for each channel, a positive number.
        activation: Name or function, none by default.
        use_bias: Whether a bias is added.
        depthwise_initializer: First values of the kernel of each channel.
        pointwise_initializer: First values of the kernel that mixes.
        bias_initializer: First values of the bias.
        depthwise_regularizer: Penalty on the kernel of each channel.
        pointwise_regularizer: Penalty on the kernel that mixes.
        bias_regularizer: Penalty on the bias.
        activity_regularizer: Penalty on the outputs.
        depthwise_constraint: What the kernel of each channel is projected onto.
        pointwise_constraint: What the kernel that mixes is projected onto.
        bias_constraint: What the bias is projected onto.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, time, channels)`, or channels first.

    Output shape: `(batch, positions, filters)`, or channels first.

    Raises:
        ArgumentError: If a number is out of range.

    Example:
        >>> SeparableConv1D(4, 3)(np.ones((2, 5, 3))).shape
        (2, 3, 4)

    Reference:
        Chollet, 2017, "Xception: Deep Learning with Depthwise Separable
        Convolutions". https://arxiv.org/abs/1610.02357
    """

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        pointwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        pointwise_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            1,
            depth_multiplier,
            filters,
            kernel_size,
            strides,
            padding,
            data_format,
            dilation_rate,
            activation,
            use_bias,
            depthwise_initializer,
            pointwise_initializer,
            bias_initializer,
            depthwise_regularizer,
            pointwise_regularizer,
            bias_regularizer,
            activity_regularizer,
            depthwise_constraint,
            pointwise_constraint,
            bias_constraint,
            **kwargs,
        )


class SeparableConv2D(BaseSeparableConv):
    """Convolves over `height, width` channel by channel, then mixes the channels.

    It has far fewer weights than a convolution with as many filters.

    Args:
        filters: Channels of the output, a positive number.
        kernel_size: Sizes of the window, one number or one for each axis.
        strides: Steps of the window.
        padding: "valid" for none, "same" for `ceil(size / stride)` windows.
        data_format: "channels_last" or "channels_first"; the default if None.
        dilation_rate: Distances within the window.
        depth_multiplier: Kernels for each channel, a positive number.
        activation: Name or function, none by default.
        use_bias: Whether a bias is added.
        depthwise_initializer: First values of the kernel of each channel.
        pointwise_initializer: First values of the kernel that mixes.
        bias_initializer: First values of the bias.
        depthwise_regularizer: Penalty on the kernel of each channel.
        pointwise_regularizer: Penalty on the kernel that mixes.
        bias_regularizer: Penalty on the bias.
        activity_regularizer: Penalty on the outputs.
        depthwise_constraint: What the kernel of each channel is projected onto.
        pointwise_constraint: What the kernel that mixes is projected onto.
        bias_constraint: What the bias is projected onto.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, height, width, channels)`, or channels first.

    Output shape: `(batch, rows, columns, filters)`, or channels first.

    Raises:
        ArgumentError: If a number is out of range.

    Example:
        >>> SeparableConv2D(4, 3)(np.ones((2, 5, 5, 3))).shape
        (2, 3, 3, 4)

    Reference:
        Chollet, 2017, "Xception: Deep Learning with Depthwise Separable
        Convolutions". https://arxiv.org/abs/1610.02357
    """

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = (1, 1),
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = (1, 1),
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        pointwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        pointwise_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            2,
            depth_multiplier,
            filters,
            kernel_size,
            strides,
            padding,
            data_format,
            dilation_rate,
            activation,
            use_bias,
            depthwise_initializer,
            pointwise_initializer,
            bias_initializer,
            depthwise_regularizer,
            pointwise_regularizer,
            bias_regularizer,
            activity_regularizer,
            depthwise_constraint,
            pointwise_constraint,
            bias_constraint,
            **kwargs,
        )
