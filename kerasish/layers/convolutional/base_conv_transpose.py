"""The transposed convolution layer over any number of spatial axes."""

from typing import Any

from kerasish import constraints, initializers, ops, regularizers
from kerasish.core.errors import ArgumentError
from kerasish.layers.convolutional.sliding_kernel import SlidingKernel
from kerasish.layers.convolutional.spatial_layer import sizes

__all__ = ["BaseConvTranspose"]


class BaseConvTranspose(SlidingKernel):
    """Convolves the other way: each input element adds a window to the outputs.

    It maps shapes as the gradient of a convolution does, with the same connections.
    Along an axis of `n` elements, with `reach = (window - 1) * dilation + 1`, come out

    - "valid": `n * stride + max(reach - stride, 0)` elements, or
      `(n - 1) * stride + reach + output_padding`;
    - "same": `n * stride` elements, or
      `(n - 1) * stride + reach - 2 * (reach // 2) + output_padding`.

    Of what "same" cuts off, the smaller half is cut off in front.

    Args:
        rank: The number of spatial axes.
        filters: Channels of the output, a positive number.
        kernel_size: Sizes of the window.
        strides: Distances of the windows in the outputs; above 1 only without dilation.
        padding: "valid" or "same".
        output_padding: Elements at the end of each axis, below the stride, for which
            several sizes of inputs of a convolution give one size of outputs.
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
        self._check_steps(strides, dilation_rate)
        (self.filters,) = sizes(type(self).__name__, "filters", filters, 1)
        self.output_padding = self._checked(output_padding)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)

    def _checked(self, output_padding: Any) -> tuple[int, ...] | None:
        if output_padding is None:
            return None
        kind = type(self).__name__
        extra = sizes(kind, "output_padding", output_padding, self.rank, least=0)
        if any(e >= s for e, s in zip(extra, self.strides, strict=True)):
            raise ArgumentError(
                f"`output_padding` of `{kind}` must be below `strides` on every axis. "
                f"Received: output_padding={output_padding}, strides={self.strides}"
            )
        return extra

    def build(self, input_shape: Any) -> None:
        """Makes the kernel `(*window, filters, channels)` and the bias."""
        channels = self._known_channels(input_shape)
        self.kernel = self.add_weight(
            (*self.kernel_size, self.filters, channels),
            self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
            name="kernel",
        )
        self._add_bias(self.filters)

    def call(self, inputs: Any) -> Any:
        """Computes the outputs."""
        y = ops.conv_transpose(
            inputs,
            self.kernel,
            self.strides,
            self.padding,
            self.output_padding,
            self.data_format,
            self.dilation_rate,
        )
        return self._finished(y)

    def _size(self, n: int, i: int) -> int:
        stride = self.strides[i]
        reach = (self.kernel_size[i] - 1) * self.dilation_rate[i] + 1
        valid = self.padding == "valid"
        if self.output_padding is None:
            return n * stride + (max(reach - stride, 0) if valid else 0)
        cut = 0 if valid else 2 * (reach // 2)
        return (n - 1) * stride + reach - cut + self.output_padding[i]

    def _out_channels(self, channels: int | None) -> int | None:
        return self.filters

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "filters": self.filters,
            "output_padding": self.output_padding,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
        }
