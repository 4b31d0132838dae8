"""What a tensor is like, and tensors of the same values."""

import math
from typing import Any

from kerasish.autodiff import (
    TensorSpec,
    custom_gradient,
    nondifferentiable,
    op,
    primitive,
)
from kerasish.autodiff.casting import as_tensor, keep
from kerasish.backends import current
from kerasish.core.dtypes import standardize_dtype
from kerasish.core.errors import ShapeError
from kerasish.ops.conversion import cast, shape

__all__ = ["array", "copy", "custom_gradient", "ndim", "size", "view"]

BYTES = {"bool": 1, "bfloat16": 2, "complex64": 8, "complex128": 16}


@op
def array(x: Any, dtype: Any = None) -> Any:
    """Makes a tensor of data, as `convert_to_tensor` does.

    Args:
        x: Array, number, nested lists, tensor or variable.
        dtype: The dtype wanted; by default that of `x`.

    Returns:
        Tensor.

    Example:
        >>> array([1, 2], dtype="float32").tolist()
        [1.0, 2.0]
    """
    return as_tensor(x) if dtype is None else cast(x, dtype)


@op
def copy(x: Any) -> Any:
    """Returns a tensor of the same values.

    Tensors never change, so nothing is copied in memory; gradients pass.

    Args:
        x: Tensor.

    Example:
        >>> copy([1, 2]).tolist()
        [1, 2]
    """
    return as_tensor(x)


def ndim(x: Any) -> int:
    """Returns the number of axes.

    Args:
        x: Tensor, variable or anything that can become a tensor.

    Example:
        >>> ndim([[1, 2], [3, 4]])
        2
    """
    return len(shape(x))


@primitive(spec=lambda x: TensorSpec((), "int32"), cast=keep)
def _count_elements(x: Any) -> Any:
    xp = current().xp
    return xp.asarray(math.prod(x.shape), dtype=xp.int32)


nondifferentiable(_count_elements, "is a count")


def size(x: Any) -> Any:
    """Returns the number of elements.

    Args:
        x: Tensor, variable or anything that can become a tensor.

    Returns:
        Integer; a symbolic tensor where a size is unknown.

    Example:
        >>> size([[1, 2, 3], [4, 5, 6]])
        6
    """
    sizes = shape(x)
    if None in sizes:
        return _count_elements(x)
    return math.prod(n for n in sizes if n is not None)


def _width(dtype: str) -> int:
    digits = "".join(c for c in dtype if c.isdigit())
    return BYTES.get(dtype) or int(digits) // 8


def _view_spec(x: TensorSpec, dtype: str) -> TensorSpec:
    old, new = _width(x.dtype), _width(dtype)
    if old == new:
        return TensorSpec(x.shape, dtype)
    last = x.shape[-1] if x.shape else None
    if not x.shape or (last is not None and last * old % new):
        raise ShapeError(
            f"A tensor of shape {tuple(x.shape)} and dtype {x.dtype} cannot be viewed "
            f"as {dtype}: its last axis does not hold whole elements."
        )
    return TensorSpec((*x.shape[:-1], last and last * old // new), dtype)


@primitive(spec=_view_spec, cast=keep, static=("dtype",))
def _view(x: Any, dtype: str) -> Any:
    # The array standard cannot reinterpret bytes: NumPy does it on the host.
    backend = current()
    host = backend.to_numpy(x)
    wanted = backend._host_dtype(dtype)
    return backend.from_numpy(host.copy(order="C").view(wanted))


nondifferentiable(_view, "reads bytes in another way")


@op
def view(x: Any, dtype: Any = None) -> Any:
    """Reads the same bytes as another dtype.

    Args:
        x: Tensor.
        dtype: The dtype wanted; by default that of `x`. Where its elements have
            another width, the last axis shrinks or grows.

    Returns:
        Tensor; no gradient flows through it.

    Raises:
        ShapeError: If the last axis does not hold whole elements.

    Example:
        >>> view(array([1.0], dtype="float32"), dtype="int32").tolist()
        [1065353216]
    """
    return copy(x) if dtype is None else _view(x, dtype=standardize_dtype(dtype))
