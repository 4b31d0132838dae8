"""Transposed convolution layers over one, two and three spatial axes."""

from typing import Any

from kerasish.layers.convolutional.base_conv_transpose import BaseConvTranspose

__all__ = ["Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"]


class Conv1DTranspose(BaseConvTranspose):
    """Convolves over `time` the other way: each element adds a window.

    Along an axis of `n` elements, with `reach = (window - 1) * dilation + 1`, come out

    - "valid": `n * stride + max(reach - stride, 0)` elements, or
      `(n - 1) * stride + reach + output_padding`;
    - "same": `n * stride` elements, or
      `(n - 1) * stride + reach - 2 * (reach // 2) + output_padding`.

    Args:
        filters: Channels of the output, a positive number.
        kernel_size: Sizes of the window, one number or one for each axis.
        strides: Distances of the windows in the outputs; above 1 only without
            dilation.
        padding: "valid" for all that is reached, "same" for `size * stride`.
        output_padding: Elements at the end of each axis, below the stride.
        data_format: "channels_last" or "channels_first"; the default if None.
        dilation_rate: Distances within the window.
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
        >>> Conv1DTranspose(4, 3, strides=2)(np.ones((2, 5, 3))).shape
        (2, 11, 4)

    Reference:
        Dumoulin and Visin, 2016, "A guide to convolution arithmetic for deep
        learning". https://arxiv.org/abs/1603.07285
    """

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        output_padding: Any = None,
        data_format: str | None = None,
        dilation_rate: Any = 1,
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
            output_padding,
            data_format,
            dilation_rate,
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


class Conv2DTranspose(BaseConvTranspose):
    """Convolves over `height, width` the other way: each element adds a window.

    Along an axis of `n` elements, with `reach = (window - 1) * dilation + 1`, come out

    - "valid": `n * stride + max(reach - stride, 0)` elements, or
      `(n - 1) * stride + reach + output_padding`;
    - "same": `n * stride` elements, or
      `(n - 1) * stride + reach - 2 * (reach // 2) + output_padding`.

    Args:
        filters: Channels of the output, a positive number.
        kernel_size: Sizes of the window, one number or one for each axis.
        strides: Distances of the windows in the outputs; above 1 only without
            dilation.
        padding: "valid" for all that is reached, "same" for `size * stride`.
        output_padding: Elements at the end of each axis, below the stride.
        data_format: "channels_last" or "channels_first"; the default if None.
        dilation_rate: Distances within the window.
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
        >>> Conv2DTranspose(4, 3, strides=2)(np.ones((2, 5, 5, 3))).shape
        (2, 11, 11, 4)

    Reference:
        Dumoulin and Visin, 2016, "A guide to convolution arithmetic for deep
        learning". https://arxiv.org/abs/1603.07285
    """

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = (1, 1),
        padding: str = "valid",
        output_padding: Any = None,
        data_format: str | None = None,
        dilation_rate: Any = (1, 1),
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
            output_padding,
            data_format,
            dilation_rate,
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


class Conv3DTranspose(BaseConvTranspose):
    """Convolves over `depth, height, width` the other way: each element adds a window.

    Along an axis of `n` elements, with `reach = (window - 1) * dilation + 1`, come out

    - "valid": `n * stride + max(reach - stride, 0)` elements, or
      `(n - 1) * stride + reach + output_padding`;
    - "same": `n * stride` elements, or
      `(n - 1) * stride + reach - 2 * (reach // 2) + output_padding`.

    Args:
        filters: Channels of the output, a positive number.
        kernel_size: Sizes of the window, one number or one for each axis.
        strides: Distances of the windows in the outputs; above 1 only without
            dilation.
        padding: "valid" for all that is reached, "same" for `size * stride`.
        data_format: "channels_last" or "channels_first"; the default if None.
        output_padding: Elements at the end of each axis, below the stride.
        dilation_rate: Distances within the window.
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
        >>> Conv3DTranspose(4, 3, strides=2)(np.ones((2, 5, 5, 5, 3))).shape
        (2, 11, 11, 11, 4)

    Reference:
        Dumoulin and Visin, 2016, "A guide to convolution arithmetic for deep
        learning". https://arxiv.org/abs/1603.07285
    """

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = (1, 1, 1),
        padding: str = "valid",
        data_format: str | None = None,
        output_padding: Any = None,
        dilation_rate: Any = (1, 1, 1),
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
            output_padding,
            data_format,
            dilation_rate,
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
