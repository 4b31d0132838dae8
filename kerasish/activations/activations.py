"""Activation functions by name: those of `ops`, and some with options of their own."""

from collections.abc import Callable, Mapping
from typing import Any

from kerasish import ops
from kerasish.core.registry import (
    deserialize_keras_object,
    register_builtin_functions,
    resolve,
    serialize_keras_object,
)

__all__ = [
    "ACTIVATIONS",
    "deserialize",
    "exponential",
    "gelu",
    "get",
    "leaky_relu",
    "linear",
    "relu",
    "serialize",
]


def linear(x: Any) -> Any:
    """Returns `x` itself.

    Args:
        x: Tensor.

    Example:
        >>> linear(3.0)
        3.0
    """
    return x


def exponential(x: Any) -> Any:
    """Computes `exp(x)`.

    Args:
        x: Tensor.

    Example:
        >>> exponential(0.0).item()
        1.0
    """
    return ops.exp(x)


def gelu(x: Any, approximate: bool = False) -> Any:
    """Computes `x` times the normal distribution function at `x`.

    Args:
        x: Tensor.
        approximate: Whether by a formula with tanh.

    Example:
        >>> gelu(0.0).item()
        0.0

    Reference:
        Hendrycks and Gimpel, 2016, arXiv:1606.08415.
    """
    return ops.gelu(x, approximate=approximate)


def leaky_relu(x: Any, negative_slope: float = 0.2) -> Any:
    """Computes `x`, or `negative_slope * x` for negative numbers.

    Args:
        x: Tensor.
        negative_slope: The slope there.

    Example:
        >>> leaky_relu(-1.0, 0.5).item()
        -0.5
    """
    return ops.leaky_relu(x, negative_slope)


def relu(
    x: Any,
    negative_slope: float = 0.0,
    max_value: float | None = None,
    threshold: float = 0.0,
) -> Any:
    """Computes `max(x, 0)`, with options.

    Args:
        x: Tensor.
        negative_slope: Slope below the threshold.
        max_value: Where the result is cut off, or None.
        threshold: Where the bend is.

    Example:
        >>> relu([-1.0, 5.0], max_value=3.0).tolist()
        [0.0, 3.0]
    """
    if threshold == 0.0:
        y = ops.leaky_relu(x, negative_slope) if negative_slope else ops.relu(x)
    else:
        x = ops.convert_to_tensor(x)
        low = ops.multiply(ops.subtract(x, threshold), negative_slope)
        y = ops.where(ops.greater(x, threshold), x, low)
    return y if max_value is None else ops.minimum(y, max_value)


_FROM_OPS = (
    "celu elu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh log_sigmoid "
    "log_softmax mish relu6 selu sigmoid silu soft_shrink softmax softplus softsign "
    "sparse_plus sparse_sigmoid sparsemax squareplus swish tanh tanh_shrink threshold"
).split()

ACTIVATIONS: dict[str, Callable[..., Any]] = {
    "exponential": exponential,
    "gelu": gelu,
    "leaky_relu": leaky_relu,
    "linear": linear,
    "relu": relu,
    **{name: getattr(ops, name) for name in _FROM_OPS},
}
register_builtin_functions("keras.activations", ACTIVATIONS)


def get(identifier: Any) -> Callable[..., Any]:
    """Returns an activation function.

    Args:
        identifier: A name, a config, a function, a layer, or None for `linear`.

    Raises:
        ArgumentError: If the name is unknown.

    Example:
        >>> get("relu").__name__
        'relu'
    """
    if identifier is None:
        return linear
    found: Callable[..., Any] = resolve("activation", identifier, ACTIVATIONS)
    return found


def serialize(activation: Callable[..., Any]) -> Any:
    """Returns the name of an activation, or its config if it is not built in.

    Args:
        activation: The function or layer.

    Example:
        >>> serialize(relu)
        'relu'
    """
    for name, known in ACTIVATIONS.items():
        if known is activation:
            return name
    return serialize_keras_object(activation)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Returns the activation that `serialize` described.

    Args:
        config: Name or config.
        custom_objects: Functions by name.
    """
    return deserialize_keras_object(
        config,
        custom_objects=custom_objects,
        module_objects=ACTIVATIONS,
        printable_module_name="activation",
    )
