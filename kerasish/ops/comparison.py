"""Comparisons and logic, element by element."""

from typing import Any

from kerasish.autodiff import nondifferentiable, primitive
from kerasish.backends import current
from kerasish.ops import specs

__all__ = [
    "equal",
    "greater",
    "greater_equal",
    "isfinite",
    "isnan",
    "less",
    "less_equal",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "not_equal",
]


def _booleans(*dtypes: Any) -> tuple[str, ...]:
    return ("bool",) * len(dtypes)


@primitive(spec=specs.broadcast_boolean)
def equal(x1: Any, x2: Any) -> Any:
    """Compares element by element: `x1 == x2`.

    Args:
        x1: Tensor.
        x2: Tensor that broadcasts with `x1`.

    Returns:
        Boolean tensor of the broadcast shape.

    Example:
        >>> equal([1, 3], [1, 2]).tolist()
        [True, False]
    """
    return current().equal(x1, x2)


@primitive(spec=specs.broadcast_boolean)
def not_equal(x1: Any, x2: Any) -> Any:
    """Compares element by element: `x1 != x2`.

    Args:
        x1: Tensor.
        x2: Tensor that broadcasts with `x1`.

    Returns:
        Boolean tensor of the broadcast shape.

    Example:
        >>> not_equal([1, 3], [1, 2]).tolist()
        [False, True]
    """
    return current().not_equal(x1, x2)


@primitive(spec=specs.broadcast_boolean)
def less(x1: Any, x2: Any) -> Any:
    """Compares element by element: `x1 < x2`.

    Args:
        x1: Tensor.
        x2: Tensor that broadcasts with `x1`.

    Returns:
        Boolean tensor of the broadcast shape.

    Example:
        >>> less([1, 3], [1, 2]).tolist()
        [False, False]
    """
    return current().less(x1, x2)


@primitive(spec=specs.broadcast_boolean)
def less_equal(x1: Any, x2: Any) -> Any:
    """Compares element by element: `x1 <= x2`.

    Args:
        x1: Tensor.
        x2: Tensor that broadcasts with `x1`.

    Returns:
        Boolean tensor of the broadcast shape.

    Example:
        >>> less_equal([1, 3], [1, 2]).tolist()
        [True, False]
    """
    return current().less_equal(x1, x2)


@primitive(spec=specs.broadcast_boolean)
def greater(x1: Any, x2: Any) -> Any:
    """Compares element by element: `x1 > x2`.

    Args:
        x1: Tensor.
        x2: Tensor that broadcasts with `x1`.

    Returns:
        Boolean tensor of the broadcast shape.

    Example:
        >>> greater([1, 3], [1, 2]).tolist()
        [False, True]
    """
    return current().greater(x1, x2)


@primitive(spec=specs.broadcast_boolean)
def greater_equal(x1: Any, x2: Any) -> Any:
    """Compares element by element: `x1 >= x2`.

    Args:
        x1: Tensor.
        x2: Tensor that broadcasts with `x1`.

    Returns:
        Boolean tensor of the broadcast shape.

    Example:
        >>> greater_equal([1, 3], [1, 2]).tolist()
        [True, True]
    """
    return current().greater_equal(x1, x2)


@primitive(spec=specs.broadcast_boolean, cast=_booleans)
def logical_and(x1: Any, x2: Any) -> Any:
    """Returns where both hold; numbers hold where they are not zero.

    Args:
        x1: Tensor.
        x2: Tensor that broadcasts with `x1`.

    Returns:
        Boolean tensor of the broadcast shape.

    Example:
        >>> logical_and([True, False], [False, True]).tolist()
        [False, False]
    """
    return current().logical_and(x1, x2)


@primitive(spec=specs.broadcast_boolean, cast=_booleans)
def logical_or(x1: Any, x2: Any) -> Any:
    """Returns where at least one holds; numbers hold where they are not zero.

    Args:
        x1: Tensor.
        x2: Tensor that broadcasts with `x1`.

    Returns:
        Boolean tensor of the broadcast shape.

    Example:
        >>> logical_or([True, False], [False, True]).tolist()
        [True, True]
    """
    return current().logical_or(x1, x2)


@primitive(spec=specs.broadcast_boolean, cast=_booleans)
def logical_xor(x1: Any, x2: Any) -> Any:
    """Returns where exactly one holds; numbers hold where they are not zero.

    Args:
        x1: Tensor.
        x2: Tensor that broadcasts with `x1`.

    Returns:
        Boolean tensor of the broadcast shape.

    Example:
        >>> logical_xor([True, False], [False, True]).tolist()
        [True, True]
    """
    return current().logical_xor(x1, x2)


@primitive(spec=specs.boolean)
def isfinite(x: Any) -> Any:
    """Returns where numbers are neither infinite nor `nan`.

    Args:
        x: Tensor.

    Returns:
        Boolean tensor like `x`.

    Example:
        >>> isfinite([1.0, float("inf")]).tolist()
        [True, False]
    """
    return current().isfinite(x)


@primitive(spec=specs.boolean)
def isnan(x: Any) -> Any:
    """Returns where numbers are `nan`.

    Args:
        x: Tensor.

    Returns:
        Boolean tensor like `x`.

    Example:
        >>> isnan([1.0, float("inf")]).tolist()
        [False, False]
    """
    return current().isnan(x)


@primitive(spec=specs.boolean, cast=_booleans)
def logical_not(x: Any) -> Any:
    """Returns where it does not hold; numbers hold where they are not zero.

    Args:
        x: Tensor.

    Returns:
        Boolean tensor like `x`.

    Example:
        >>> logical_not([True, False]).tolist()
        [False, True]
    """
    return current().logical_not(x)


for _comparison in (
    equal,
    not_equal,
    less,
    less_equal,
    greater,
    greater_equal,
    logical_and,
    logical_or,
    logical_xor,
    isfinite,
    isnan,
    logical_not,
):
    nondifferentiable(_comparison, "is true or false")
