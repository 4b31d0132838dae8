"""Dense: every output is joined to every input."""

from typing import Any

from kerasish import activations, constraints, initializers, ops, regularizers
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.layers.base import InputSpec, Layer

__all__ = ["Dense"]


class Dense(Layer):
    """Computes `activation(inputs @ kernel + bias)`.

    Args:
        units: Size of the output's last axis, a positive integer.
        activation: Name or function, none by default.
        use_bias: Whether a bias is added.
        kernel_initializer: First values of the kernel.
        bias_initializer: First values of the bias.
        kernel_regularizer: Penalty on the kernel.
        bias_regularizer: Penalty on the bias.
        activity_regularizer: Penalty on the outputs.
        kernel_constraint: What the kernel is projected onto after each step.
        bias_constraint: What the bias is projected onto after each step.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, ..., features)`.

    Output shape: `(batch, ..., units)`.

    Raises:
        ArgumentError: If `units` is not a positive integer.

    Example:
        >>> Dense(4, activation="relu")(np.ones((2, 3))).shape
        (2, 4)
    """

    supports_masking = True

    def __init__(
        self,
        units: int,
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
        _check(units, kwargs)
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.units = int(units)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.input_spec = InputSpec(min_ndim=2)

    def build(self, input_shape: Any) -> None:
        """Makes the kernel `(features, units)` and the bias `(units,)`."""
        features = input_shape[-1]
        if features is None:
            raise ShapeError(
                f"The last axis of the inputs of `Dense` {self.name!r} must be known. "
                f"Received: input_shape={input_shape}"
            )
        self.kernel = self.add_weight(
            name="kernel",
            shape=(features, self.units),
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                name="bias",
                shape=(self.units,),
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )
        self.input_spec = InputSpec(min_ndim=2, axes={-1: features})

    def call(self, inputs: Any, training: Any = None) -> Any:
        """Computes the outputs."""
        y = ops.matmul(inputs, self.kernel)
        if self.bias is not None:
            y = ops.add(y, self.bias)
        return y if self.activation is None else self.activation(y)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """Returns the inputs' shape with `units` as its last size."""
        return (*input_shape[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "units": self.units,
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
            "bias_constraint": constraints.serialize(self.bias_constraint),
        }


def _check(units: Any, kwargs: dict[str, Any]) -> None:
    for name in ("lora_rank", "lora_alpha", "quantization_config"):
        if kwargs.pop(name, None) is not None:
            raise ArgumentError(f"`Dense` does not support `{name}`.")
    if not hasattr(units, "__index__") or isinstance(units, bool) or units < 1:
        raise ArgumentError(
            f"`units` of `Dense` must be a positive integer. Received: units={units!r}"
        )
