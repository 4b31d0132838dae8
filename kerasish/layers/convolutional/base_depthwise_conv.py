"""The depthwise convolution layer over any number of spatial axes."""

from typing import Any

from kerasish import constraints, initializers, ops, regularizers
from kerasish.layers.convolutional.sliding_kernel import SlidingKernel
from kerasish.layers.convolutional.spatial_layer import positions, sizes

__all__ = ["BaseDepthwiseConv"]


class BaseDepthwiseConv(SlidingKernel):
    """Convolves every channel with kernels of its own.

    Args:
        rank: The number of spatial axes.
        depth_multiplier: Kernels for each channel, a positive number.
        kernel_size: Sizes of the window.
        strides: Steps of the window.
        padding: "valid" or "same".
        data_format: "channels_last" or "channels_first"; the default if None.
        dilation_rate: Distances within the window.
        activation: Name or function, none by default.
        use_bias: Whether a bias is added.
        depthwise_initializer: First values of the kernel.
        bias_initializer: First values of the bias.
        depthwise_regularizer: Penalty on the kernel.
        bias_regularizer: Penalty on the bias.
        activity_regularizer: Penalty on the outputs.
        depthwise_constraint: What the kernel is projected onto.
        bias_constraint: What the bias is projected onto.
        **kwargs: Arguments of `Layer`.

    Raises:
        ArgumentError: If a number is out of range.
    """

    def __init__(
        self,
        rank: int,
        depth_multiplier: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            rank,
            kernel_size,
            strides,
            padding,
            data_format,
            dilation_rate,
            activation,
            use_bias,
            bias_initializer,
            bias_regularizer,
            activity_regularizer,
            bias_constraint,
            **kwargs,
        )
        kind = type(self).__name__
        (self.depth_multiplier,) = sizes(kind, "depth_multiplier", depth_multiplier, 1)
        self.depthwise_initializer = initializers.get(depthwise_initializer)
        self.depthwise_regularizer = regularizers.get(depthwise_regularizer)
        self.depthwise_constraint = constraints.get(depthwise_constraint)

    def build(self, input_shape: Any) -> None:
        """Makes the kernel `(*window, channels, depth_multiplier)` and the bias."""
        channels = self._known_channels(input_shape)
        self.kernel = self.add_weight(
            (*self.kernel_size, channels, self.depth_multiplier),
            self.depthwise_initializer,
            regularizer=self.depthwise_regularizer,
            constraint=self.depthwise_constraint,
            name="kernel",
        )
        self._add_bias(channels * self.depth_multiplier)

    def call(self, inputs: Any) -> Any:
        """Computes the outputs."""
        y = ops.depthwise_conv(
            inputs,
            self.kernel,
            self.strides,
            self.padding,
            self.data_format,
            self.dilation_rate,
        )
        return self._finished(y)

    def _size(self, n: int, i: int) -> int:
        window, stride = self.kernel_size[i], self.strides[i]
        return positions(n, window, stride, self.dilation_rate[i], self.padding)

    def _out_channels(self, channels: int | None) -> int | None:
        return None if channels is None else channels * self.depth_multiplier

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        first, penalty = self.depthwise_initializer, self.depthwise_regularizer
        return {
            **super().get_config(),
            "depth_multiplier": self.depth_multiplier,
            "depthwise_initializer": initializers.serialize(first),
            "depthwise_regularizer": regularizers.serialize(penalty),
            "depthwise_constraint": constraints.serialize(self.depthwise_constraint),
        }
