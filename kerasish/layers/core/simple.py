"""Layers that compute one thing and have no weights: activation, dropout, lambda."""

from collections.abc import Callable
from typing import Any

from kerasish import activations, ops, random
from kerasish.core.errors import ArgumentError, ArgumentTypeError
from kerasish.core.registry import serialize_keras_object
from kerasish.layers.base import Layer

__all__ = ["Activation", "Dropout", "Identity", "Lambda", "Masking"]


class Activation(Layer):
    """Applies an activation function.

    Args:
        activation: Name or function.
        **kwargs: Arguments of `Layer`.

    Example:
        >>> Activation("relu")([[-1.0, 2.0]]).tolist()
        [[0.0, 2.0]]
    """

    supports_masking = True

    def __init__(self, activation: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.activation = activations.get(activation)

    def call(self, inputs: Any) -> Any:
        """Computes the outputs."""
        return self.activation(inputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the inputs' shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        activation = activations.serialize(self.activation)
        return {**super().get_config(), "activation": activation}


class Identity(Layer):
    """Returns its inputs.

    Args:
        **kwargs: Arguments of `Layer`.
    """

    supports_masking = True

    def call(self, inputs: Any) -> Any:
        """Returns the inputs."""
        return inputs


class Dropout(Layer):
    """Sets inputs to zero at random while training, and scales up the others.

    Args:
        rate: Probability of zero, from 0 to below 1.
        noise_shape: Shape of the mask, which broadcasts; None in it for the input's
            size.
        seed: Integer, or None.
        **kwargs: Arguments of `Layer`.

    Raises:
        ArgumentError: If `rate` is out of range.

    Example:
        >>> Dropout(0.5)(np.ones((1, 2))).tolist() # not training
        [[1.0, 1.0]]

    Reference:
        Srivastava et al., 2014, "Dropout".
    """

    supports_masking = True

    def __init__(
        self, rate: float, noise_shape: Any = None, seed: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        if not isinstance(rate, int | float) or not 0 <= rate <= 1:
            raise ArgumentError(
                f"Invalid value received for argument `rate` of "
                f"`{type(self).__name__}`. Expected a number from 0 to 1. "
                f"Received: rate={rate!r}"
            )
        self.rate = rate
        self.seed = seed
        self.noise_shape = noise_shape
        if rate > 0:
            self.seed_generator = random.SeedGenerator(seed)

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Computes the outputs."""
        if not training or self.rate == 0:
            return inputs
        if self.rate == 1:
            return ops.zeros_like(inputs)
        return random.dropout(
            inputs, self.rate, self.noise_shape, seed=self.seed_generator
        )

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the inputs' shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "rate": self.rate,
            "seed": self.seed,
            "noise_shape": self.noise_shape,
        }


class Lambda(Layer):
    """Applies a function.

    A model with a `Lambda` of a Python lambda cannot be loaded in safe mode: prefer a
    layer of your own.

    Args:
        function: A function of the inputs; it may take `mask` and `training`.
        output_shape: Shape of one output sample, or a function of the input shape,
            where it cannot be inferred.
        mask: Mask of the outputs, or a function `(inputs, mask)` of it.
        arguments: Dict of further keyword arguments of the function.
        **kwargs: Arguments of `Layer`.

    Example:
        >>> Lambda(lambda x: x * 2)(np.ones((1, 2))).tolist()
        [[2.0, 2.0]]
    """

    def __init__(
        self,
        function: Callable[..., Any],
        output_shape: Any = None,
        mask: Any = None,
        arguments: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not callable(function):
            raise ArgumentTypeError(
                f"`function` of `Lambda` must be callable. Received: {function!r}"
            )
        self.function = function
        self.arguments = arguments or {}
        self.mask = mask
        self._output_shape = output_shape
        self.supports_masking = mask is not None

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the shape that was told, or that the function gives."""
        if self._output_shape is None:
            return super().compute_output_shape(input_shape)
        if callable(self._output_shape):
            return self._output_shape(input_shape)
        return (input_shape[0], *self._output_shape)

    def compute_output_spec(self, inputs: Any, **kwargs: Any) -> Any:
        """Infers the outputs by running the function on symbolic inputs."""
        if self._output_shape is None:
            return self.call(inputs)
        return super().compute_output_spec(inputs, **kwargs)

    def call(self, inputs: Any, mask: Any = None, training: Any = None) -> Any:
        """Computes the outputs."""
        names = getattr(getattr(self.function, "__code__", None), "co_varnames", ())
        kwargs = dict(self.arguments)
        if "mask" in names and mask is not None:
            kwargs["mask"] = mask
        if "training" in names:
            kwargs["training"] = training
        return self.function(inputs, **kwargs)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Returns the mask that was told, or that its function gives."""
        return self.mask(inputs, mask) if callable(self.mask) else self.mask

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments; functions as Keras writes them."""
        config = {"function": serialize_keras_object(self.function)}
        if self._output_shape is not None:
            shape = self._output_shape
            config["output_shape"] = (
                serialize_keras_object(shape) if callable(shape) else shape
            )
        if self.mask is not None:
            mask = (
                serialize_keras_object(self.mask) if callable(self.mask) else self.mask
            )
            config["mask"] = mask
        return {**super().get_config(), **config, "arguments": self.arguments}


class Masking(Layer):
    """Masks the time steps in which every feature has a value.

    Args:
        mask_value: The value.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, time, features)`.

    Example:
        >>> Masking()(np.array([[[1.0], [0.0]]]))._keras_mask.tolist()
        [[True, False]]
    """

    supports_masking = True

    def __init__(self, mask_value: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.mask_value = mask_value

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Returns where a feature has another value."""
        return ops.any(ops.not_equal(inputs, self.mask_value), axis=-1)

    def call(self, inputs: Any) -> Any:
        """Sets the masked steps to zero."""
        kept = ops.any(ops.not_equal(inputs, self.mask_value), axis=-1, keepdims=True)
        outputs = ops.multiply(inputs, ops.cast(kept, inputs.dtype))
        outputs._keras_mask = ops.squeeze(kept, -1)
        return outputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the inputs' shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {**super().get_config(), "mask_value": self.mask_value}
