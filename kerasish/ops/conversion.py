"""Into tensors, out of them, and from dtype to dtype."""

from typing import Any

import numpy as np

from kerasish.autodiff import (
    KerasTensor,
    Tensor,
    Variable,
    nondifferentiable,
    op,
    primitive,
)
from kerasish.autodiff.casting import as_tensor, keep
from kerasish.core.dtypes import standardize_dtype
from kerasish.core.errors import ArgumentTypeError
from kerasish.ops import specs

__all__ = [
    "cast",
    "convert_to_numpy",
    "convert_to_tensor",
    "converted",
    "dtype",
    "is_tensor",
    "shape",
    "stop_gradient",
]


def converted(x: Any) -> Any:
    """Returns a tensor for anything that an operation takes."""
    return x if isinstance(x, Tensor) else as_tensor(x)


def convert_to_tensor(
    x: Any, dtype: Any = None, sparse: Any = None, ragged: Any = None
) -> Any:
    """Converts data to a tensor; the data is copied.

    Args:
        x: Array of any library, number, nested lists, variable or tensor.
        dtype: Dtype name; by default that of `x`, the default float for Python
            floats and int32 for Python integers.
        sparse: Must not be True; there are no sparse tensors.
        ragged: Must not be True; there are no ragged tensors.

    Returns:
        Tensor.

    Raises:
        ArgumentTypeError: If `x` is not a rectangular array of numbers.

    Example:
        >>> convert_to_tensor([1, 2]).dtype
        'int32'
    """
    if sparse or ragged:
        raise ArgumentTypeError(
            f"Tensors are dense here. Received: sparse={sparse}, ragged={ragged}"
        )
    return as_tensor(x, None if dtype is None else standardize_dtype(dtype))


def convert_to_numpy(x: Any) -> np.ndarray:
    """Returns the values of a tensor as a NumPy array, read-only.

    Args:
        x: Tensor, or anything that can become one.

    Example:
        >>> convert_to_numpy(convert_to_tensor([1, 2])).tolist()
        [1, 2]
    """
    return as_tensor(x).numpy()


@op
def cast(x: Any, dtype: Any) -> Any:
    """Converts a tensor to a dtype.

    Args:
        x: Tensor.
        dtype: Dtype name.

    Returns:
        Tensor of that dtype.

    Example:
        >>> cast([1.7, -1.7], "int32").tolist()
        [1, -1]
    """
    return as_tensor(x, standardize_dtype(dtype))


def dtype(x: Any) -> str:
    """Returns the name of a tensor's dtype.

    Args:
        x: Tensor, variable or array.

    Example:
        >>> dtype(convert_to_tensor(1.0))
        'float32'
    """
    return standardize_dtype(x.dtype)


def is_tensor(x: Any) -> bool:
    """Returns whether `x` is a tensor with values.

    Args:
        x: Anything.

    Example:
        >>> is_tensor(convert_to_tensor(1.0)), is_tensor(1.0)
        (True, False)
    """
    return isinstance(x, Tensor) and not isinstance(x, KerasTensor)


def shape(x: Any) -> tuple[int | None, ...]:
    """Returns the shape of a tensor; None for sizes that are not known.

    Args:
        x: Tensor, variable or array.

    Example:
        >>> shape(convert_to_tensor([[1, 2]]))
        (1, 2)
    """
    if isinstance(x, Tensor | Variable):
        return tuple(x.shape)
    return tuple(as_tensor(x).shape)


@primitive(spec=specs.same, cast=keep)
def _stop_gradient(x: Any) -> Any:
    return x


nondifferentiable(_stop_gradient, "is stopped on purpose")


@op
def stop_gradient(variable: Any) -> Any:
    """Returns a tensor through which no gradient flows.

    Args:
        variable: Tensor or variable.

    Example:
        >>> stop_gradient(convert_to_tensor(1.0)).item()
        1.0
    """
    return _stop_gradient(variable)
