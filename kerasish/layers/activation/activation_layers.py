"""Activation functions with options, as layers."""

from typing import Any

from kerasish import activations, constraints, initializers, ops, regularizers
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.layers.base import InputSpec, Layer

__all__ = ["ELU", "LeakyReLU", "PReLU", "ReLU", "Softmax"]


class _Elementwise(Layer):
    """A layer whose outputs have the inputs' shape."""

    supports_masking = True

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the inputs' shape."""
        return input_shape


class ReLU(_Elementwise):
    """Computes `max(x, 0)`, with options.

    Args:
        max_value: Where the result is cut off, or None.
        negative_slope: Slope below the threshold, not negative.
        threshold: Where the bend is, not negative.
        **kwargs: Arguments of `Layer`.

    Raises:
        ArgumentError: If a number is negative.

    Example:
        >>> ReLU(max_value=3)([[-1.0, 5.0]]).tolist()
        [[0.0, 3.0]]
    """

    def __init__(
        self,
        max_value: float | None = None,
        negative_slope: float = 0.0,
        threshold: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        given = {"negative_slope": negative_slope, "threshold": threshold}
        if max_value is not None:
            given["max_value"] = max_value
        for name, value in given.items():
            if value is None or not value >= 0:
                raise ArgumentError(
                    f"`{name}` of a `ReLU` layer must not be negative. "
                    f"Received: {name}={value}"
                )
        self.max_value = max_value
        self.negative_slope = negative_slope
        self.threshold = threshold

    def call(self, inputs: Any) -> Any:
        """Computes the outputs."""
        return activations.relu(
            inputs, self.negative_slope, self.max_value, self.threshold
        )

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "max_value": self.max_value,
            "negative_slope": self.negative_slope,
            "threshold": self.threshold,
        }


class LeakyReLU(_Elementwise):
    """Computes `x`, or `negative_slope * x` for negative numbers.

    Args:
        negative_slope: The slope there.
        **kwargs: Arguments of `Layer`.

    Example:
        >>> LeakyReLU(0.5)([[-1.0, 5.0]]).tolist()
        [[-0.5, 5.0]]
    """

    def __init__(self, negative_slope: float = 0.3, **kwargs: Any) -> None:
        negative_slope = kwargs.pop("alpha", negative_slope)
        super().__init__(**kwargs)
        if negative_slope is None or not negative_slope >= 0:
            raise ArgumentError(
                "`negative_slope` of `LeakyReLU` must not be negative. "
                f"Received: negative_slope={negative_slope}"
            )
        self.negative_slope = negative_slope

    def call(self, inputs: Any) -> Any:
        """Computes the outputs."""
        return activations.leaky_relu(inputs, self.negative_slope)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {**super().get_config(), "negative_slope": self.negative_slope}


class ELU(_Elementwise):
    """Computes `x`, or `alpha * (exp(x) - 1)` for negative numbers.

    Args:
        alpha: The limit for large negative numbers.
        **kwargs: Arguments of `Layer`.

    Example:
        >>> ELU()([[2.0]]).tolist()
        [[2.0]]
    """

    def __init__(self, alpha: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.alpha = alpha

    def call(self, inputs: Any) -> Any:
        """Computes the outputs."""
        return activations.elu(inputs, alpha=self.alpha)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {**super().get_config(), "alpha": self.alpha}


class PReLU(_Elementwise):
    """Computes `x`, or `alpha * x` for negative numbers, with a trained alpha.

    Args:
        alpha_initializer: First values of alpha.
        alpha_regularizer: Penalty on alpha.
        alpha_constraint: What alpha is projected onto.
        shared_axes: Axes along which one alpha serves all, counted from 1.
        **kwargs: Arguments of `Layer`.

    Example:
        >>> PReLU()([[-1.0, 5.0]]).tolist()
        [[0.0, 5.0]]
    """

    def __init__(
        self,
        alpha_initializer: Any = "Zeros",
        alpha_regularizer: Any = None,
        alpha_constraint: Any = None,
        shared_axes: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.alpha_initializer = initializers.get(alpha_initializer)
        self.alpha_regularizer = regularizers.get(alpha_regularizer)
        self.alpha_constraint = constraints.get(alpha_constraint)
        axes = [shared_axes] if isinstance(shared_axes, int) else shared_axes
        self.shared_axes = None if axes is None else list(axes)

    def build(self, input_shape: Any) -> None:
        """Makes alpha, of the shape of a sample with 1 for shared axes."""
        shape = list(input_shape[1:])
        for axis in self.shared_axes or ():
            shape[axis - 1] = 1
        self.alpha = self.add_weight(
            tuple(shape),
            self.alpha_initializer,
            regularizer=self.alpha_regularizer,
            constraint=self.alpha_constraint,
            name="alpha",
        )
        self.input_spec = InputSpec(ndim=len(input_shape))

    def call(self, inputs: Any) -> Any:
        """Computes the outputs."""
        low = ops.multiply(self.alpha, ops.minimum(inputs, 0))
        return ops.add(ops.maximum(inputs, 0), low)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "alpha_initializer": initializers.serialize(self.alpha_initializer),
            "alpha_regularizer": regularizers.serialize(self.alpha_regularizer),
            "alpha_constraint": constraints.serialize(self.alpha_constraint),
            "shared_axes": self.shared_axes,
        }


class Softmax(_Elementwise):
    """Computes numbers that sum to 1; masked ones are 0.

    It is called with `mask=`, True (or above 0.5) at what counts. Where nothing counts
    all numbers are 0, as in Keras.

    Args:
        axis: Axis or axes of the sum.
        **kwargs: Arguments of `Layer`.

    Raises:
        ShapeError: If a mask does not broadcast to the inputs.

    Example:
        >>> Softmax()([[0.0, 0.0]]).tolist()
        [[0.5, 0.5]]
    """

    def __init__(self, axis: Any = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs: Any, mask: Any = None) -> Any:
        """Computes the outputs."""
        if mask is None:
            return ops.softmax(inputs, axis=self.axis)
        self._check_mask(mask.shape, inputs.shape)
        if mask.dtype != "bool":
            mask = ops.greater(mask, 0.5)
        low = -3e4 if inputs.dtype == "float16" else -1e9  # as in Keras
        shares = ops.softmax(
            ops.where(mask, inputs, ops.cast(low, inputs.dtype)), axis=self.axis
        )
        return ops.where(mask, shares, ops.cast(0, shares.dtype))

    def _check_mask(self, mask: Any, inputs: Any) -> None:
        pairs = zip(mask[::-1], inputs[::-1], strict=False)
        if len(mask) > len(inputs) or any(
            n not in (1, None) and m is not None and n != m for n, m in pairs
        ):
            raise ShapeError(
                f"`mask` of `Softmax` {self.name!r} must broadcast to the inputs, "
                f"shape={tuple(inputs)}. Received: shape={tuple(mask)}"
            )

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {**super().get_config(), "axis": self.axis}
