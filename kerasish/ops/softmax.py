"""Softmax and its logarithm."""

from typing import Any

from kerasish.autodiff import TensorSpec, defvjp, op, primitive, promote_float
from kerasish.backends import current
from kerasish.ops import specs
from kerasish.ops.arithmetic import multiply, subtract
from kerasish.ops.conversion import converted
from kerasish.ops.exponentials import exp
from kerasish.ops.reductions import sum

__all__ = ["log_softmax", "softmax"]


def _spec(x: TensorSpec, axis: Any) -> TensorSpec:
    return x


@primitive(spec=_spec, cast=promote_float, static=("axis",))
def _softmax(x: Any, axis: Any) -> Any:
    return _in_float32(current().softmax, x, axis)


@primitive(spec=_spec, cast=promote_float, static=("axis",))
def _log_softmax(x: Any, axis: Any) -> Any:
    return _in_float32(current().log_softmax, x, axis)


def _in_float32(kernel: Any, x: Any, axis: Any) -> Any:
    """Runs a kernel in float32 on half precision, whose sums stop growing at 256."""
    backend = current()
    dtype = backend.dtype_name(x)
    if dtype not in ("float16", "bfloat16"):
        return kernel(x, axis)
    return backend.cast(kernel(backend.cast(x, "float32"), axis), dtype)


def _softmax_vjp(g: Any, y: Any, x: Any, axis: Any) -> Any:
    gy = multiply(g, y)
    return subtract(gy, multiply(y, sum(gy, axis=axis, keepdims=True)))


defvjp(_softmax, _softmax_vjp)
defvjp(
    _log_softmax,
    lambda g, y, x, axis: subtract(
        g, multiply(exp(y), sum(g, axis=axis, keepdims=True))
    ),
)


@op
def softmax(x: Any, axis: Any = -1) -> Any:
    """Computes `exp(x) / sum(exp(x))`, numbers that sum to 1, without overflow.

    Args:
        x: Tensor.
        axis: Axis or axes of the sum; None for all.

    Returns:
        Tensor of the shape of `x` and a float dtype.

    Example:
        >>> softmax([0.0, 0.0]).tolist()
        [0.5, 0.5]
    """
    x = converted(x)
    return _softmax(x, axis=specs.canonical_axes(axis, len(x.shape)))


@op
def log_softmax(x: Any, axis: Any = -1) -> Any:
    """Computes the logarithm of the softmax, without overflow.

    Args:
        x: Tensor.
        axis: Axis or axes of the sum; None for all.

    Returns:
        Tensor of the shape of `x` and a float dtype.

    Example:
        >>> log_softmax([0.0]).tolist()
        [0.0]
    """
    x = converted(x)
    return _log_softmax(x, axis=specs.canonical_axes(axis, len(x.shape)))
