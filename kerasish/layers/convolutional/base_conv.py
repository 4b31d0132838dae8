"""The convolution layer over any number of spatial axes."""

from typing import Any

from kerasish import activations, constraints, initializers, ops, regularizers
from kerasish.autodiff import KerasTensor
from kerasish.core.config import image_data_format
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.layers.base import InputSpec, Layer

__all__ = ["BaseConv", "sizes"]

FORMATS = ("channels_last", "channels_first")


class BaseConv(Layer):
    """Convolves the inputs with a trained kernel.

    Args:
        rank: The number of spatial axes.
        filters: Channels of the output, a positive multiple of `groups`.
        kernel_size: Sizes of the window.
        strides: Steps of the window.
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
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        kind = type(self).__name__
        self.rank = rank
        self.filters = sizes(kind, "filters", filters, 1)[0]
        self.groups = sizes(kind, "groups", groups, 1)[0]
        self.kernel_size = sizes(kind, "kernel_size", kernel_size, rank)
        self.strides = sizes(kind, "strides", strides, rank)
        self.dilation_rate = sizes(kind, "dilation_rate", dilation_rate, rank)
        known = ("valid", "same", "causal") if rank == 1 else ("valid", "same")
        self.padding = padding.lower() if isinstance(padding, str) else padding
        if self.padding not in known:
            raise ArgumentError(
                f"`padding` of `{kind}` must be one of {known}. Received: {padding!r}"
            )
        self.data_format = data_format or image_data_format()
        if self.data_format not in FORMATS:
            raise ArgumentError(
                f"`data_format` of `{kind}` must be one of {FORMATS}. "
                f"Received: {data_format!r}"
            )
        if self.filters % self.groups:
            raise ArgumentError(
                f"`filters` of `{kind}` must be a multiple of `groups`. "
                f"Received: filters={filters}, groups={groups}"
            )
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ArgumentError(
                f"`strides > 1` of `{kind}` does not go with `dilation_rate > 1`. "
                f"Received: strides={strides}, dilation_rate={dilation_rate}"
            )
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.input_spec = InputSpec(ndim=rank + 2)

    @property
    def _channel_axis(self) -> int:
        return 1 if self.data_format == "channels_first" else -1

    def build(self, input_shape: Any) -> None:
        """Makes the kernel `(*window, channels / groups, filters)` and the bias."""
        channels = input_shape[self._channel_axis]
        if channels is None:
            raise ShapeError(
                f"The channels of the inputs of {type(self).__name__} {self.name!r} "
                f"must be known. Received: input_shape={tuple(input_shape)}"
            )
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
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                (self.filters,),
                self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
                name="bias",
            )
        axis = self._channel_axis
        self.input_spec = InputSpec(ndim=self.rank + 2, axes={axis: channels})
        self.compute_output_shape(input_shape)

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
        y = self.convolution_op(inputs, self.kernel)
        if self.bias is not None:
            first = self.data_format == "channels_first"
            shape = (-1, *(1,) * self.rank) if first else (-1,)
            y = ops.add(y, ops.reshape(self.bias, shape))
        return self.activation(y)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """Returns the shape of the outputs.

        Raises:
            ShapeError: If the window does not fit.
        """
        first = self.data_format == "channels_first"
        spatial = input_shape[2:] if first else input_shape[1:-1]
        found = []
        rows = zip(
            spatial, self.kernel_size, self.strides, self.dilation_rate, strict=True
        )
        for n, w, s, d in rows:
            if n is None or self.padding != "valid":
                found.append(None if n is None else -(-n // s))
                continue
            size = (n - (w - 1) * d - 1) // s + 1
            if size < 1:
                raise ShapeError(
                    f"Computed output size would be negative or zero in "
                    f"{type(self).__name__} {self.name!r}: the window "
                    f"{self.kernel_size} does not fit into inputs of shape "
                    f"{tuple(input_shape)}."
                )
            found.append(size)
        batch = input_shape[0]
        return (batch, self.filters, *found) if first else (batch, *found, self.filters)

    def compute_output_spec(self, inputs: Any) -> Any:
        """Infers the symbolic outputs."""
        return KerasTensor(self.compute_output_shape(inputs.shape), self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "padding": self.padding,
            "data_format": self.data_format,
            "dilation_rate": self.dilation_rate,
            "groups": self.groups,
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
            "bias_constraint": constraints.serialize(self.bias_constraint),
        }


def sizes(kind: str, name: str, value: Any, rank: int) -> tuple[int, ...]:
    """Returns positive integers, one for each spatial axis.

    Args:
        kind: The layer's class, for the message.
        name: The argument.
        value: One number for all, or one for each.
        rank: How many there are.

    Raises:
        ArgumentError: If they are not positive integers, or not as many.
    """
    given = value if isinstance(value, list | tuple) else (value,) * rank
    good = all(
        hasattr(n, "__index__") and not isinstance(n, bool) and n >= 1 for n in given
    )
    if len(given) != rank or not good:
        raise ArgumentError(
            f"`{name}` of `{kind}` must be a positive integer"
            f"{f' or {rank} of them' if rank > 1 else ''}. Received: {name}={value!r}"
        )
    return tuple(int(n) for n in given)
