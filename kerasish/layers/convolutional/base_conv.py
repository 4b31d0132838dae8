"""The convolution layer over any number of spatial axes."""

from typing import Any

from kerasish import constraints, initializers, ops, regularizers
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.layers.convolutional.sliding_kernel import SlidingKernel
from kerasish.layers.convolutional.spatial_layer import positions, sizes

__all__ = ["BaseConv"]


class BaseConv(SlidingKernel):
    """Convolves the inputs with a trained kernel.

    Args:
        rank: The number of spatial axes.
        filters: Channels of the output, a positive multiple of `groups`.
        kernel_size: Sizes of the window.
        strides: Steps of the window; above 1 only without dilation.
        padding: "valid", "same", or "causal" for one spatial axis.
        data_format: "channels_last" or "channels_first"; the default if None.
        dilation_rate: Distances within the window.
        groups: How many groups channels are split into.
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

    Raises:
        ArgumentError: If a number is out of range.
    """

    def __init__(
        self,
        rank: int,
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
            ("valid", "same", "causal") if rank == 1 else ("valid", "same"),
            **kwargs,
        )
        self._check_steps(strides, dilation_rate)
        kind = type(self).__name__
        (self.filters,) = sizes(kind, "filters", filters, 1)
        (self.groups,) = sizes(kind, "groups", groups, 1)
        if self.filters % self.groups:
            raise ArgumentError(
                f"`filters` of `{kind}` must be a multiple of `groups`. "
                f"Received: filters={filters}, groups={groups}"
            )
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)

    def build(self, input_shape: Any) -> None:
        """Makes the kernel `(*window, channels / groups, filters)` and the bias."""
        channels = self._known_channels(input_shape)
        if channels % self.groups:
            raise ShapeError(
                "The number of input channels must be evenly divisible by the number "
                f"of groups. Received: groups={self.groups}, "
                f"input_shape={tuple(input_shape)}"
            )
        self.kernel = self.add_weight(
            (*self.kernel_size, channels // self.groups, self.filters),
            self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
            name="kernel",
        )
        self._add_bias(self.filters)

    def convolution_op(self, inputs: Any, kernel: Any) -> Any:
        """Convolves; override it to convolve with a kernel made of the weights.

        Args:
            inputs: The inputs.
            kernel: `(*window, channels / groups, filters)`.
        """
        return ops.conv(
            inputs,
            kernel,
            self.strides,
            self.padding,
            self.data_format,
            self.dilation_rate,
        )

    def call(self, inputs: Any) -> Any:
        """Computes the outputs."""
        return self._finished(self.convolution_op(inputs, self.kernel))

    def _size(self, n: int, i: int) -> int:
        window, stride = self.kernel_size[i], self.strides[i]
        return positions(n, window, stride, self.dilation_rate[i], self.padding)

    def _out_channels(self, channels: int | None) -> int | None:
        return self.filters

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "filters": self.filters,
            "groups": self.groups,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
        }
