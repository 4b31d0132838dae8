"""Signs and rounding, element by element."""

from typing import Any

from kerasish.autodiff import defvjp, nondifferentiable, primitive, promote_float
from kerasish.backends import current
from kerasish.core.dtypes import result_type
from kerasish.ops import specs
from kerasish.ops.arithmetic import multiply

__all__ = ["absolute", "ceil", "floor", "sign", "trunc"]


@primitive(spec=specs.same)
def absolute(x: Any) -> Any:
    """Computes `|x|`.

    Args:
        x: Tensor.

    Returns:
        Tensor like `x`.

    Example:
        >>> absolute(-2.0).item()
        2.0
    """
    return current().absolute(x)


def _number(dtype: Any) -> tuple[str, ...]:
    name = result_type(dtype)
    return ("int32" if name == "bool" else name,)


@primitive(spec=specs.same, cast=_number)
def sign(x: Any) -> Any:
    """Returns -1, 0 or 1 by the sign.

    Args:
        x: Tensor.

    Returns:
        Tensor like `x`; int32 for booleans.

    Example:
        >>> sign(-2.0).item()
        -1.0
    """
    return current().sign(x)


nondifferentiable(sign, "is constant between jumps")
defvjp(absolute, lambda g, y, x: multiply(g, sign(x)))


@primitive(spec=specs.same, cast=promote_float)
def floor(x: Any) -> Any:
    """Rounds down.

    Args:
        x: Tensor.

    Returns:
        Tensor of the shape of `x` and a float dtype.

    Example:
        >>> floor(1.7).item()
        1.0
    """
    return current().floor(x)


nondifferentiable(floor, "is constant between jumps")


@primitive(spec=specs.same, cast=promote_float)
def ceil(x: Any) -> Any:
    """Rounds up.

    Args:
        x: Tensor.

    Returns:
        Tensor of the shape of `x` and a float dtype.

    Example:
        >>> ceil(1.2).item()
        2.0
    """
    return current().ceil(x)


nondifferentiable(ceil, "is constant between jumps")


@primitive(spec=specs.same)
def trunc(x: Any) -> Any:
    """Rounds towards zero.

    Args:
        x: Tensor.

    Returns:
        Tensor like `x`.

    Example:
        >>> trunc(-1.7).item()
        -1.0
    """
    return current().trunc(x)


nondifferentiable(trunc, "is constant between jumps")
