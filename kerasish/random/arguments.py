"""What the functions that draw share: shapes and dtypes that were asked for."""

from typing import Any

from kerasish.core.dtypes import is_float_dtype, standardize_dtype
from kerasish.core.errors import DtypeError

__all__ = ["float_dtype", "sizes"]


def sizes(shape: Any) -> tuple[int, ...]:
    """Returns a shape as a tuple; one integer is the size of one axis.

    Example:
        >>> sizes(3), sizes([2, 3])
        ((3,), (2, 3))
    """
    return (int(shape),) if isinstance(shape, int) else tuple(int(n) for n in shape)


def float_dtype(dtype: Any, name: str) -> str:
    """Returns the name of the float dtype to draw.

    Args:
        dtype: A dtype, or None for the default float.
        name: The function, for the message.

    Raises:
        DtypeError: If it is no float dtype.

    Example:
        >>> float_dtype("float64", "normal")
        'float64'
    """
    dtype = standardize_dtype(dtype)
    if not is_float_dtype(dtype):
        raise DtypeError(
            f"`dtype` of `{name}` must be a float dtype. Received: dtype={dtype!r}"
        )
    return dtype  # type: ignore[no-any-return]
