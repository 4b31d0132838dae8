"""What all convolution layers have in common: the window, the bias, the activation."""

from typing import Any

from kerasish import activations, constraints, initializers, ops, regularizers
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.layers.base import InputSpec
from kerasish.layers.convolutional.spatial_layer import SpatialLayer, one_of, sizes

__all__ = ["SlidingKernel"]


class SlidingKernel(SpatialLayer):
    """A layer that slides kernels over spatial axes: `activation(y + bias)`.

    A subclass makes its kernels in `build`, and `call` ends with `_finished(y)`.

    Args:
        rank: The number of spatial axes.
        kernel_size: Sizes of the window.
        strides: Steps of the window.
        padding: "valid", "same", or what else `paddings` holds.
        data_format: "channels_last" or "channels_first"; the default if None.
        dilation_rate: Distances within the window.
        activation: Name or function, none by default.
        use_bias: Whether a bias is added.
        bias_initializer: First values of the bias.
        bias_regularizer: Penalty on the bias.
        activity_regularizer: Penalty on the outputs.
        bias_constraint: What the bias is projected onto.
        paddings: The paddings that the layer knows.
        **kwargs: Arguments of `Layer`.

    Raises:
        ArgumentError: If a number is out of range.
    """

    def __init__(
        self,
        rank: int,
        kernel_size: Any,
        strides: Any,
        padding: str,
        data_format: str | None,
        dilation_rate: Any,
        activation: Any,
        use_bias: bool,
        bias_initializer: Any,
        bias_regularizer: Any,
        activity_regularizer: Any,
        bias_constraint: Any,
        paddings: tuple[str, ...] = ("valid", "same"),
        **kwargs: Any,
    ) -> None:
        super().__init__(
            rank, data_format, activity_regularizer=activity_regularizer, **kwargs
        )
        kind = type(self).__name__
        self.kernel_size = sizes(kind, "kernel_size", kernel_size, rank)
        self.strides = sizes(kind, "strides", strides, rank)
        self.dilation_rate = sizes(kind, "dilation_rate", dilation_rate, rank)
        self.padding = one_of(kind, "padding", padding, paddings)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.bias_initializer = initializers.get(bias_initializer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.bias_constraint = constraints.get(bias_constraint)

    @property
    def _window(self) -> tuple[int, ...]:
        return self.kernel_size

    def _check_steps(self, strides: Any, dilation_rate: Any) -> None:
        """Refuses windows with both steps and distances, as Keras does."""
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ArgumentError(
                f"`strides > 1` of `{type(self).__name__}` does not go with "
                f"`dilation_rate > 1`. Received: strides={strides}, "
                f"dilation_rate={dilation_rate}"
            )

    def _known_channels(self, input_shape: Any) -> int:
        """Returns the channels of the inputs, which are expected from now on."""
        channels = input_shape[self._channel_axis]
        if channels is None:
            raise ShapeError(
                f"The channels of the inputs of {type(self).__name__} {self.name!r} "
                f"must be known. Received: input_shape={tuple(input_shape)}"
            )
        self.input_spec = InputSpec(
            ndim=self.rank + 2, axes={self._channel_axis: channels}
        )
        self.compute_output_shape(input_shape)
        return int(channels)

    def _add_bias(self, filters: int) -> None:
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                (filters,),
                self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
                name="bias",
            )

    def _finished(self, y: Any) -> Any:
        """Adds the bias and applies the activation, which plans join to the product."""
        if self.bias is not None:
            first = self.data_format == "channels_first"
            columns = (-1, *(1,) * self.rank)
            y = ops.add(y, ops.reshape(self.bias, columns) if first else self.bias)
        return self.activation(y)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "padding": self.padding,
            "data_format": self.data_format,
            "dilation_rate": self.dilation_rate,
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
            "bias_constraint": constraints.serialize(self.bias_constraint),
        }
