"""Bits of integers, element by element; for booleans the logical operations."""

from typing import Any

from kerasish.autodiff import nondifferentiable, op, primitive
from kerasish.backends import current
from kerasish.core.dtypes import is_int_dtype, result_type
from kerasish.core.errors import DtypeError
from kerasish.ops import specs

__all__ = [
    "bitwise_and",
    "bitwise_invert",
    "bitwise_left_shift",
    "bitwise_not",
    "bitwise_or",
    "bitwise_right_shift",
    "bitwise_xor",
    "left_shift",
    "right_shift",
]


def _bits(*dtypes: Any) -> tuple[str, ...]:
    name = result_type(*dtypes)
    if name != "bool" and not is_int_dtype(name):
        raise DtypeError(f"Bits are of integers and booleans. Received: dtype={name}")
    return (name,) * len(dtypes)


def _integers(*dtypes: Any) -> tuple[str, ...]:
    (name, *_) = _bits(*dtypes)
    return ("int32" if name == "bool" else name,) * len(dtypes)


@primitive(spec=specs.broadcast, cast=_bits)
def bitwise_and(x: Any, y: Any) -> Any:
    """Returns the bits that both have.

    Args:
        x: Tensor of integers or booleans.
        y: Tensor that broadcasts with `x`.

    Returns:
        Tensor of the broadcast shape and the common dtype.

    Raises:
        DtypeError: If an operand is neither.

    Example:
        >>> bitwise_and(6, 3).item()
        2
    """
    return current().bitwise_and(x, y)


@primitive(spec=specs.broadcast, cast=_bits)
def bitwise_or(x: Any, y: Any) -> Any:
    """Returns the bits that at least one has.

    Args:
        x: Tensor of integers or booleans.
        y: Tensor that broadcasts with `x`.

    Returns:
        Tensor of the broadcast shape and the common dtype.

    Raises:
        DtypeError: If an operand is neither.

    Example:
        >>> bitwise_or(6, 3).item()
        7
    """
    return current().bitwise_or(x, y)


@primitive(spec=specs.broadcast, cast=_bits)
def bitwise_xor(x: Any, y: Any) -> Any:
    """Returns the bits that exactly one has.

    Args:
        x: Tensor of integers or booleans.
        y: Tensor that broadcasts with `x`.

    Returns:
        Tensor of the broadcast shape and the common dtype.

    Raises:
        DtypeError: If an operand is neither.

    Example:
        >>> bitwise_xor(6, 3).item()
        5
    """
    return current().bitwise_xor(x, y)


@primitive(spec=specs.same, cast=_bits)
def bitwise_invert(x: Any) -> Any:
    """Turns every bit over; booleans are negated.

    Args:
        x: Tensor of integers or booleans.

    Returns:
        Tensor like `x`.

    Raises:
        DtypeError: If it is neither.

    Example:
        >>> bitwise_invert([5, 0]).tolist()
        [-6, -1]
    """
    return current().bitwise_invert(x)


@op
def bitwise_not(x: Any) -> Any:
    """Turns every bit over; another name of `bitwise_invert`.

    Args:
        x: Tensor of integers or booleans.

    Example:
        >>> bitwise_not(5).item()
        -6
    """
    return bitwise_invert(x)


@primitive(spec=specs.broadcast, cast=_integers)
def left_shift(x: Any, y: Any) -> Any:
    """Moves bits up: `x * 2^y`.

    Args:
        x: Tensor of integers.
        y: Tensor that broadcasts with `x`.

    Returns:
        Tensor of the broadcast shape and the common dtype.

    Raises:
        DtypeError: If an operand holds no integers.

    Example:
        >>> left_shift(3, 2).item()
        12
    """
    return current().left_shift(x, y)


@primitive(spec=specs.broadcast, cast=_integers)
def right_shift(x: Any, y: Any) -> Any:
    """Moves bits down: `x / 2^y` rounded down.

    Args:
        x: Tensor of integers.
        y: Tensor that broadcasts with `x`.

    Returns:
        Tensor of the broadcast shape and the common dtype.

    Raises:
        DtypeError: If an operand holds no integers.

    Example:
        >>> right_shift(13, 2).item()
        3
    """
    return current().right_shift(x, y)


@op
def bitwise_left_shift(x: Any, y: Any) -> Any:
    """Moves bits up; another name of `left_shift`.

    Args:
        x: Tensor of integers.
        y: Tensor that broadcasts with `x`.

    Example:
        >>> bitwise_left_shift(3, 2).item()
        12
    """
    return left_shift(x, y)


@op
def bitwise_right_shift(x: Any, y: Any) -> Any:
    """Moves bits down; another name of `right_shift`.

    Args:
        x: Tensor of integers.
        y: Tensor that broadcasts with `x`.

    Example:
        >>> bitwise_right_shift(13, 2).item()
        3
    """
    return right_shift(x, y)


for _operation in (
    bitwise_and,
    bitwise_or,
    bitwise_xor,
    bitwise_invert,
    left_shift,
    right_shift,
):
    nondifferentiable(_operation, "is an integer")
