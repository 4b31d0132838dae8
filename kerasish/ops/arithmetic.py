"""Sums, products, quotients and powers, element by element."""

from typing import Any

from kerasish.autodiff import defvjp, op, primitive, promote_float
from kerasish.backends import current
from kerasish.ops import specs
from kerasish.ops.broadcasting import unbroadcast

__all__ = ["add", "divide", "multiply", "negative", "subtract", "true_divide"]


@primitive(spec=specs.same)
def negative(x: Any) -> Any:
    """Changes the sign: `-x`.

    Args:
        x: Tensor.

    Returns:
        Tensor like `x`.

    Example:
        >>> negative([1.0, -2.0]).tolist()
        [-1.0, 2.0]
    """
    return current().negative(x)


defvjp(negative, lambda g, y, x: negative(g))


@primitive(spec=specs.broadcast)
def add(x1: Any, x2: Any) -> Any:
    """Adds element by element: `x1 + x2`; for booleans it is "or".

    Args:
        x1: Tensor.
        x2: Tensor that broadcasts with `x1`.

    Returns:
        Tensor of the broadcast shape and the common dtype.

    Example:
        >>> add([1, 2], 3).tolist()
        [4, 5]
    """
    return current().add(x1, x2)


defvjp(
    add,
    lambda g, y, x1, x2: unbroadcast(g, x1),
    lambda g, y, x1, x2: unbroadcast(g, x2),
)


@primitive(spec=specs.broadcast)
def subtract(x1: Any, x2: Any) -> Any:
    """Subtracts element by element: `x1 - x2`.

    Args:
        x1: Tensor.
        x2: Tensor that broadcasts with `x1`.

    Returns:
        Tensor of the broadcast shape and the common dtype.

    Example:
        >>> subtract([1, 2], 3).tolist()
        [-2, -1]
    """
    return current().subtract(x1, x2)


defvjp(
    subtract,
    lambda g, y, x1, x2: unbroadcast(g, x1),
    lambda g, y, x1, x2: negative(unbroadcast(g, x2)),
)


@primitive(spec=specs.broadcast)
def multiply(x1: Any, x2: Any) -> Any:
    """Multiplies element by element: `x1 * x2`; for booleans it is "and".

    Args:
        x1: Tensor.
        x2: Tensor that broadcasts with `x1`.

    Returns:
        Tensor of the broadcast shape and the common dtype.

    Example:
        >>> multiply([1, 2], 3).tolist()
        [3, 6]
    """
    return current().multiply(x1, x2)


defvjp(
    multiply,
    lambda g, y, x1, x2: unbroadcast(multiply(g, x2), x1),
    lambda g, y, x1, x2: unbroadcast(multiply(g, x1), x2),
)


@primitive(spec=specs.broadcast, cast=promote_float)
def divide(x1: Any, x2: Any) -> Any:
    """Divides element by element: `x1 / x2`; integers become floats.

    Args:
        x1: Tensor.
        x2: Tensor that broadcasts with `x1`.

    Returns:
        Tensor of the broadcast shape and a float dtype; `inf` or `nan` where `x2` is
        zero.

    Example:
        >>> divide([1, 2], 4).tolist()
        [0.25, 0.5]
    """
    return current().divide(x1, x2)


# d(a/b)/db = -a/b^2 = -y/b
defvjp(
    divide,
    lambda g, y, x1, x2: unbroadcast(divide(g, x2), x1),
    lambda g, y, x1, x2: unbroadcast(negative(divide(multiply(g, y), x2)), x2),
)


@op
def true_divide(x1: Any, x2: Any) -> Any:
    """Divides element by element; another name of `divide`.

    Args:
        x1: Tensor.
        x2: Tensor that broadcasts with `x1`.

    Example:
        >>> true_divide(1, 4).item()
        0.25
    """
    return divide(x1, x2)
