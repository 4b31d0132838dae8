"""Exponentials, logarithms and roots, element by element."""

import math
from typing import Any

from kerasish.autodiff import defvjp, primitive, promote_float
from kerasish.backends import current
from kerasish.ops import specs
from kerasish.ops.arithmetic import add, divide, multiply

__all__ = ["exp", "exp2", "expm1", "log", "log10", "log1p", "log2", "sqrt"]

LOG2 = math.log(2.0)
LOG10 = math.log(10.0)


@primitive(spec=specs.same, cast=promote_float)
def exp(x: Any) -> Any:
    """Computes `e^x`.

    Args:
        x: Tensor.

    Returns:
        Tensor of the shape of `x` and a float dtype.

    Example:
        >>> exp(0.0).item()
        1.0
    """
    return current().exp(x)


defvjp(exp, lambda g, y, x: multiply(g, y))


@primitive(spec=specs.same, cast=promote_float)
def exp2(x: Any) -> Any:
    """Computes `2^x`.

    Args:
        x: Tensor.

    Returns:
        Tensor of the shape of `x` and a float dtype.

    Example:
        >>> exp2(3.0).item()
        8.0
    """
    return current().exp2(x)


defvjp(exp2, lambda g, y, x: multiply(multiply(g, y), LOG2))


@primitive(spec=specs.same, cast=promote_float)
def expm1(x: Any) -> Any:
    """Computes `e^x - 1`, exactly also near zero.

    Args:
        x: Tensor.

    Returns:
        Tensor of the shape of `x` and a float dtype.

    Example:
        >>> expm1(0.0).item()
        0.0
    """
    return current().expm1(x)


defvjp(expm1, lambda g, y, x: multiply(g, add(y, 1)))


@primitive(spec=specs.same, cast=promote_float)
def log(x: Any) -> Any:
    """Computes the natural logarithm.

    Args:
        x: Tensor.

    Returns:
        Tensor of the shape of `x` and a float dtype.

    Example:
        >>> log(1.0).item()
        0.0
    """
    return current().log(x)


defvjp(log, lambda g, y, x: divide(g, x))


@primitive(spec=specs.same, cast=promote_float)
def log2(x: Any) -> Any:
    """Computes the logarithm to base 2.

    Args:
        x: Tensor.

    Returns:
        Tensor of the shape of `x` and a float dtype.

    Example:
        >>> log2(8.0).item()
        3.0
    """
    return current().log2(x)


defvjp(log2, lambda g, y, x: divide(g, multiply(x, LOG2)))


@primitive(spec=specs.same, cast=promote_float)
def log10(x: Any) -> Any:
    """Computes the logarithm to base 10.

    Args:
        x: Tensor.

    Returns:
        Tensor of the shape of `x` and a float dtype.

    Example:
        >>> log10(1.0).item()
        0.0
    """
    return current().log10(x)


defvjp(log10, lambda g, y, x: divide(g, multiply(x, LOG10)))


@primitive(spec=specs.same, cast=promote_float)
def log1p(x: Any) -> Any:
    """Computes `log(1 + x)`, exactly also near zero.

    Args:
        x: Tensor.

    Returns:
        Tensor of the shape of `x` and a float dtype.

    Example:
        >>> log1p(0.0).item()
        0.0
    """
    return current().log1p(x)


defvjp(log1p, lambda g, y, x: divide(g, add(x, 1)))


@primitive(spec=specs.same, cast=promote_float)
def sqrt(x: Any) -> Any:
    """Computes the square root; `nan` for negative numbers.

    Args:
        x: Tensor.

    Returns:
        Tensor of the shape of `x` and a float dtype.

    Example:
        >>> sqrt(4.0).item()
        2.0
    """
    return current().sqrt(x)


defvjp(sqrt, lambda g, y, x: divide(g, multiply(y, 2)))
