"""Undoing a broadcast: the sum that the gradient of a broadcast operand needs."""

from typing import Any

from kerasish.autodiff import TensorSpec, defvjp, primitive
from kerasish.backends import current
from kerasish.core.errors import ShapeError
from kerasish.ops import specs

__all__ = ["broadcast_to", "unbroadcast"]


def _to_shape(x: TensorSpec, shape: Any) -> TensorSpec:
    result = specs.broadcast_shapes(x.shape, shape)
    if result != tuple(shape):
        raise ShapeError(f"A tensor of shape {x.shape} does not broadcast to {shape}.")
    return TensorSpec(shape, x.dtype)


@primitive(spec=_to_shape, static=("shape",))
def broadcast_to(x: Any, shape: Any) -> Any:
    """Repeats a tensor along new axes and axes of size 1.

    Args:
        x: Tensor.
        shape: The shape wanted.

    Returns:
        Tensor of that shape.

    Raises:
        ShapeError: If `x` does not broadcast to it.

    Example:
        >>> broadcast_to([1, 2], (2, 2)).tolist()
        [[1, 2], [1, 2]]
    """
    shape = tuple(shape)
    _to_shape(x, shape)
    return current().xp.broadcast_to(x, shape)


def _sum_spec(x: TensorSpec, shape: Any) -> TensorSpec:
    return TensorSpec(shape, x.dtype)


@primitive(spec=_sum_spec, static=("shape",))
def _sum_to(x: Any, shape: Any) -> Any:
    return current().sum_to(x, shape)


def unbroadcast(g: Any, x: Any) -> Any:
    """Sums a gradient over the axes along which an operand was broadcast.

    Args:
        g: Gradient with respect to the broadcast operand.
        x: The operand before.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> from kerasish import ops
        >>> unbroadcast(ops.ones((2, 3)), ops.ones((3,))).tolist()
        [2.0, 2.0, 2.0]
    """
    return g if g.shape == x.shape else _sum_to(g, shape=tuple(x.shape))


defvjp(broadcast_to, lambda g, y, x, shape: unbroadcast(g, x))
defvjp(_sum_to, lambda g, y, x, shape: broadcast_to(g, shape=x.shape))
