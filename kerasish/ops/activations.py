"""Smooth activation functions, and the family of the rectifier."""

import math
from typing import Any

from kerasish.autodiff import defvjp, op, primitive, promote_float
from kerasish.backends import current
from kerasish.core.dtypes import is_float_dtype, result_type
from kerasish.ops import specs
from kerasish.ops.arithmetic import add, divide, multiply, negative, subtract
from kerasish.ops.comparison import greater
from kerasish.ops.conversion import cast, converted
from kerasish.ops.exponentials import expm1, sqrt
from kerasish.ops.extremes import clip, minimum, power, square
from kerasish.ops.movement import split
from kerasish.ops.rounding import absolute
from kerasish.ops.selection import where
from kerasish.ops.special import erf
from kerasish.ops.trigonometry import tanh

__all__ = [
    "celu",
    "elu",
    "gelu",
    "glu",
    "leaky_relu",
    "log_sigmoid",
    "mish",
    "relu",
    "selu",
    "sigmoid",
    "silu",
    "softplus",
    "softsign",
    "squareplus",
    "swish",
    "tanh_shrink",
]

# Klambauer et al., 2017, "Self-normalizing neural networks", arXiv:1706.02515.
SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805
GELU_SCALE = math.sqrt(2.0 / math.pi)


def _float(x: Any) -> Any:
    x = converted(x)
    return x if is_float_dtype(x.dtype) else cast(x, result_type(x.dtype, float))


@primitive(spec=specs.same)
def relu(x: Any) -> Any:
    """Computes `max(x, 0)`; its gradient at 0 is 0.

    Args:
        x: Tensor.

    Returns:
        Tensor like `x`.

    Example:
        >>> relu([-1.0, 2.0]).tolist()
        [0.0, 2.0]
    """
    return current().relu(x)


defvjp(relu, lambda g, y, x: multiply(g, cast(greater(y, 0), g.dtype)))


@primitive(spec=specs.same, cast=promote_float)
def sigmoid(x: Any) -> Any:
    """Computes `1 / (1 + exp(-x))` without overflow.

    Args:
        x: Tensor.

    Returns:
        Tensor of the shape of `x` and a float dtype.

    Example:
        >>> sigmoid(0.0).item()
        0.5
    """
    return current().sigmoid(x)


defvjp(sigmoid, lambda g, y, x: multiply(g, multiply(y, subtract(1, y))))


@primitive(spec=specs.same, cast=promote_float)
def softplus(x: Any) -> Any:
    """Computes `log(1 + exp(x))` without overflow.

    Args:
        x: Tensor.

    Returns:
        Tensor of the shape of `x` and a float dtype.

    Example:
        >>> softplus(-1000.0).item()
        0.0
    """
    return current().softplus(x)


defvjp(softplus, lambda g, y, x: multiply(g, sigmoid(x)))


@op
def leaky_relu(x: Any, negative_slope: float = 0.2) -> Any:
    """Computes `x`, or `negative_slope * x` for negative numbers.

    Args:
        x: Tensor.
        negative_slope: The slope there.

    Returns:
        Tensor.

    Example:
        >>> leaky_relu(-1.0, 0.5).item()
        -0.5
    """
    x = _float(x)
    return where(greater(x, 0), x, multiply(x, negative_slope))


@op
def elu(x: Any, alpha: float = 1.0) -> Any:
    """Computes `x`, or `alpha * (exp(x) - 1)` for negative numbers.

    Args:
        x: Tensor.
        alpha: The limit for large negative numbers.

    Returns:
        Tensor.

    Example:
        >>> elu(2.0).item()
        2.0
    """
    x = _float(x)
    low = multiply(expm1(minimum(x, 0)), alpha)
    return where(greater(x, 0), x, low)


@op
def selu(x: Any) -> Any:
    """Computes the scaled ELU, which keeps mean 0 and variance 1.

    Args:
        x: Tensor.

    Returns:
        Tensor.

    Example:
        >>> selu(0.0).item()
        0.0
    """
    return multiply(elu(x, alpha=SELU_ALPHA), SELU_SCALE)


@op
def celu(x: Any, alpha: float = 1.0) -> Any:
    """Computes `max(x, 0) + min(alpha * (exp(x / alpha) - 1), 0)`.

    Args:
        x: Tensor.
        alpha: The limit for large negative numbers.

    Returns:
        Tensor.

    Example:
        >>> celu(2.0).item()
        2.0
    """
    x = _float(x)
    low = multiply(expm1(divide(minimum(x, 0), alpha)), alpha)
    return where(greater(x, 0), x, low)


@op
def gelu(x: Any, approximate: bool = True) -> Any:
    """Computes `x` times the normal distribution function at `x`.

    Args:
        x: Tensor.
        approximate: Whether by a formula with tanh.

    Returns:
        Tensor.

    Example:
        >>> gelu(0.0).item()
        0.0
    """
    x = _float(x)
    if approximate:
        near = clip(x, -16, 16)  # tanh is 1 beyond, and the cube may overflow
        inner = multiply(add(near, multiply(power(near, 3), 0.044715)), GELU_SCALE)
        return multiply(multiply(x, 0.5), add(tanh(inner), 1))
    return multiply(multiply(x, 0.5), add(erf(divide(x, math.sqrt(2.0))), 1))


@op
def silu(x: Any) -> Any:
    """Computes `x * sigmoid(x)`.

    Args:
        x: Tensor.

    Returns:
        Tensor.

    Example:
        >>> silu(0.0).item()
        0.0
    """
    x = _float(x)
    return multiply(x, sigmoid(x))


@op
def swish(x: Any) -> Any:
    """Computes `x * sigmoid(x)`; another name of `silu`.

    Args:
        x: Tensor.

    Returns:
        Tensor.

    Example:
        >>> swish(0.0).item()
        0.0
    """
    return silu(x)


@op
def log_sigmoid(x: Any) -> Any:
    """Computes `log(sigmoid(x))` without overflow.

    Args:
        x: Tensor.

    Returns:
        Tensor.

    Example:
        >>> log_sigmoid(-1000.0).item()
        -1000.0
    """
    return negative(softplus(negative(_float(x))))


@op
def softsign(x: Any) -> Any:
    """Computes `x / (1 + |x|)`.

    Args:
        x: Tensor.

    Returns:
        Tensor.

    Example:
        >>> softsign(1.0).item()
        0.5
    """
    x = _float(x)
    return divide(x, add(absolute(x), 1))


@op
def tanh_shrink(x: Any) -> Any:
    """Computes `x - tanh(x)`.

    Args:
        x: Tensor.

    Returns:
        Tensor.

    Example:
        >>> tanh_shrink(0.0).item()
        0.0
    """
    x = _float(x)
    return subtract(x, tanh(x))


@op
def squareplus(x: Any, b: float = 4) -> Any:
    """Computes `(x + sqrt(x^2 + b)) / 2`.

    Args:
        x: Tensor.
        b: How smooth the bend is.

    Returns:
        Tensor.

    Example:
        >>> squareplus(0.0).item()
        1.0
    """
    x = _float(x)
    return multiply(add(x, sqrt(add(square(x), b))), 0.5)


@op
def glu(x: Any, axis: int = -1) -> Any:
    """Splits in two halves and computes `a * sigmoid(b)`.

    Args:
        x: Tensor.
        axis: The axis that is split; of even size.

    Returns:
        Tensor.

    Example:
        >>> glu([2.0, 0.0]).tolist()
        [1.0]
    """
    a, b = split(_float(x), 2, axis=axis)
    return multiply(a, sigmoid(b))


@op
def mish(x: Any) -> Any:
    """Computes `x * tanh(softplus(x))`.

    Args:
        x: Tensor.

    Returns:
        Tensor.

    Example:
        >>> mish(0.0).item()
        0.0
    """
    x = _float(x)
    return multiply(x, tanh(softplus(x)))
