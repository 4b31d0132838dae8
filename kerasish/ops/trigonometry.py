"""Trigonometric and hyperbolic functions and their inverses, in radians."""

from typing import Any

from kerasish.autodiff import defvjp, primitive, promote_float
from kerasish.backends import current
from kerasish.ops import specs
from kerasish.ops.arithmetic import add, divide, multiply, negative, subtract
from kerasish.ops.exponentials import sqrt

__all__ = [
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctanh",
    "cos",
    "cosh",
    "sin",
    "sinh",
    "tan",
    "tanh",
]


@primitive(spec=specs.same, cast=promote_float)
def sin(x: Any) -> Any:
    """Computes the sine.

    Args:
        x: Tensor.

    Returns:
        Tensor of the shape of `x` and a float dtype.

    Example:
        >>> sin(0.0).item()
        0.0
    """
    return current().sin(x)


@primitive(spec=specs.same, cast=promote_float)
def cos(x: Any) -> Any:
    """Computes the cosine.

    Args:
        x: Tensor.

    Returns:
        Tensor of the shape of `x` and a float dtype.

    Example:
        >>> cos(0.0).item()
        1.0
    """
    return current().cos(x)


defvjp(sin, lambda g, y, x: multiply(g, cos(x)))
defvjp(cos, lambda g, y, x: negative(multiply(g, sin(x))))


@primitive(spec=specs.same, cast=promote_float)
def tan(x: Any) -> Any:
    """Computes the tangent.

    Args:
        x: Tensor.

    Returns:
        Tensor of the shape of `x` and a float dtype.

    Example:
        >>> tan(0.0).item()
        0.0
    """
    return current().tan(x)


defvjp(tan, lambda g, y, x: multiply(g, add(multiply(y, y), 1)))


@primitive(spec=specs.same, cast=promote_float)
def arcsin(x: Any) -> Any:
    """Computes the angle whose sine is x.

    Args:
        x: Tensor.

    Returns:
        Tensor of the shape of `x` and a float dtype.

    Example:
        >>> arcsin(0.0).item()
        0.0
    """
    return current().arcsin(x)


defvjp(arcsin, lambda g, y, x: divide(g, sqrt(subtract(1, multiply(x, x)))))


@primitive(spec=specs.same, cast=promote_float)
def arccos(x: Any) -> Any:
    """Computes the angle whose cosine is x.

    Args:
        x: Tensor.

    Returns:
        Tensor of the shape of `x` and a float dtype.

    Example:
        >>> arccos(1.0).item()
        0.0
    """
    return current().arccos(x)


defvjp(arccos, lambda g, y, x: negative(divide(g, sqrt(subtract(1, multiply(x, x))))))


@primitive(spec=specs.same, cast=promote_float)
def arctan(x: Any) -> Any:
    """Computes the angle whose tangent is x.

    Args:
        x: Tensor.

    Returns:
        Tensor of the shape of `x` and a float dtype.

    Example:
        >>> arctan(0.0).item()
        0.0
    """
    return current().arctan(x)


defvjp(arctan, lambda g, y, x: divide(g, add(multiply(x, x), 1)))


@primitive(spec=specs.same, cast=promote_float)
def sinh(x: Any) -> Any:
    """Computes the hyperbolic sine.

    Args:
        x: Tensor.

    Returns:
        Tensor of the shape of `x` and a float dtype.

    Example:
        >>> sinh(0.0).item()
        0.0
    """
    return current().sinh(x)


@primitive(spec=specs.same, cast=promote_float)
def cosh(x: Any) -> Any:
    """Computes the hyperbolic cosine.

    Args:
        x: Tensor.

    Returns:
        Tensor of the shape of `x` and a float dtype.

    Example:
        >>> cosh(0.0).item()
        1.0
    """
    return current().cosh(x)


defvjp(sinh, lambda g, y, x: multiply(g, cosh(x)))
defvjp(cosh, lambda g, y, x: multiply(g, sinh(x)))


@primitive(spec=specs.same, cast=promote_float)
def tanh(x: Any) -> Any:
    """Computes the hyperbolic tangent.

    Args:
        x: Tensor.

    Returns:
        Tensor of the shape of `x` and a float dtype.

    Example:
        >>> tanh(0.0).item()
        0.0
    """
    return current().tanh(x)


defvjp(tanh, lambda g, y, x: multiply(g, subtract(1, multiply(y, y))))


@primitive(spec=specs.same, cast=promote_float)
def arcsinh(x: Any) -> Any:
    """Computes the number whose hyperbolic sine is x.

    Args:
        x: Tensor.

    Returns:
        Tensor of the shape of `x` and a float dtype.

    Example:
        >>> arcsinh(0.0).item()
        0.0
    """
    return current().arcsinh(x)


defvjp(arcsinh, lambda g, y, x: divide(g, sqrt(add(multiply(x, x), 1))))


@primitive(spec=specs.same, cast=promote_float)
def arccosh(x: Any) -> Any:
    """Computes the number whose hyperbolic cosine is x.

    Args:
        x: Tensor.

    Returns:
        Tensor of the shape of `x` and a float dtype.

    Example:
        >>> arccosh(1.0).item()
        0.0
    """
    return current().arccosh(x)


defvjp(arccosh, lambda g, y, x: divide(g, sqrt(subtract(multiply(x, x), 1))))


@primitive(spec=specs.same, cast=promote_float)
def arctanh(x: Any) -> Any:
    """Computes the number whose hyperbolic tangent is x.

    Args:
        x: Tensor.

    Returns:
        Tensor of the shape of `x` and a float dtype.

    Example:
        >>> arctanh(0.0).item()
        0.0
    """
    return current().arctanh(x)


defvjp(arctanh, lambda g, y, x: divide(g, subtract(1, multiply(x, x))))
