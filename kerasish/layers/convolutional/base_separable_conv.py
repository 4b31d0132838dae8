"""The separable convolution layer over any number of spatial axes."""

from typing import Any

from kerasish import constraints, initializers, ops, regularizers
from kerasish.layers.convolutional.base_depthwise_conv import BaseDepthwiseConv
from kerasish.layers.convolutional.spatial_layer import sizes

__all__ = ["BaseSeparableConv"]


class BaseSeparableConv(BaseDepthwiseConv):
    """Convolves every channel on its own, then mixes the channels at each position.

    Args:
        rank: The number of spatial axes.
        depth_multiplier: Kernels for each channel, a positive number.
        filters: Channels of the output, a positive number.
        kernel_size: Sizes of the window.
        strides: Steps of the window.
        padding: "valid" or "same".
        data_format: "channels_last" or "channels_first"; the default if None.
        dilation_rate: Distances within the window.
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

    Raises:
        ArgumentError: If a number is out of range.
    """

    def __init__(
        self,
        rank: int,
        depth_multiplier: int,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
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
            rank,
            depth_multiplier,
            kernel_size,
            strides,
            padding,
            data_format,
            dilation_rate,
            activation,
            use_bias,
            depthwise_initializer,
            bias_initializer,
            depthwise_regularizer,
            bias_regularizer,
            activity_regularizer,
            depthwise_constraint,
            bias_constraint,
            **kwargs,
        )
        (self.filters,) = sizes(type(self).__name__, "filters", filters, 1)
        self.pointwise_initializer = initializers.get(pointwise_initializer)
        self.pointwise_regularizer = regularizers.get(pointwise_regularizer)
        self.pointwise_constraint = constraints.get(pointwise_constraint)

    def build(self, input_shape: Any) -> None:
        """Makes the two kernels and the bias.

        They are `(*window, channels, depth_multiplier)` and
        `(1, ..., channels * depth_multiplier, filters)`.
        """
        channels = self._known_channels(input_shape)
        self.depthwise_kernel = self.add_weight(
            (*self.kernel_size, channels, self.depth_multiplier),
            self.depthwise_initializer,
            regularizer=self.depthwise_regularizer,
            constraint=self.depthwise_constraint,
            name="depthwise_kernel",
        )
        self.pointwise_kernel = self.add_weight(
            (*(1,) * self.rank, channels * self.depth_multiplier, self.filters),
            self.pointwise_initializer,
            regularizer=self.pointwise_regularizer,
            constraint=self.pointwise_constraint,
            name="pointwise_kernel",
        )
        self._add_bias(self.filters)

    def call(self, inputs: Any) -> Any:
        """Computes the outputs."""
        y = ops.separable_conv(
            inputs,
            self.depthwise_kernel,
            self.pointwise_kernel,
            self.strides,
            self.padding,
            self.data_format,
            self.dilation_rate,
        )
        return self._finished(y)

    def _out_channels(self, channels: int | None) -> int | None:
        return self.filters

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        first, penalty = self.pointwise_initializer, self.pointwise_regularizer
        return {
            **super().get_config(),
            "filters": self.filters,
            "pointwise_initializer": initializers.serialize(first),
            "pointwise_regularizer": regularizers.serialize(penalty),
            "pointwise_constraint": constraints.serialize(self.pointwise_constraint),
        }
