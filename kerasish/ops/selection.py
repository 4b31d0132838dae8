"""Choosing between tensors by a condition."""

from typing import Any

from kerasish.autodiff import TensorSpec, defvjp, op, primitive
from kerasish.autodiff.casting import as_tensor
from kerasish.backends import current
from kerasish.core.dtypes import result_type
from kerasish.core.errors import ArgumentError
from kerasish.ops import specs
from kerasish.ops.broadcasting import unbroadcast

__all__ = ["where"]


def _choose_dtypes(condition: Any, x1: Any, x2: Any) -> tuple[str, ...]:
    common = result_type(x1, x2)
    return ("bool", common, common)


def _choose_spec(c: TensorSpec, x1: TensorSpec, x2: TensorSpec) -> TensorSpec:
    shape = specs.broadcast_shapes(c.shape, x1.shape, x2.shape)
    return TensorSpec(shape, x1.dtype)


@primitive(spec=_choose_spec, cast=_choose_dtypes)
def _choose(condition: Any, x1: Any, x2: Any) -> Any:
    return current().where(condition, x1, x2)


def _zero_like(x: Any) -> Any:
    return as_tensor(0, x.dtype)


defvjp(
    _choose,
    None,
    lambda g, y, c, x1, x2: unbroadcast(_choose(c, g, _zero_like(g)), x1),
    lambda g, y, c, x1, x2: unbroadcast(_choose(c, _zero_like(g), g), x2),
)


@op
def where(condition: Any, x1: Any = None, x2: Any = None) -> Any:
    """Chooses `x1` where a condition holds, else `x2`.

    The gradient of the operand not chosen is zero only if it is finite there: guard
    the argument of a function such as `sqrt`, not its result.

    Args:
        condition: Boolean tensor.
        x1: Tensor that broadcasts with the others.
        x2: Tensor that broadcasts with the others.

    Returns:
        Tensor of the broadcast shape; without `x1` and `x2` the indices where the
        condition holds, as `nonzero` does.

    Raises:
        ArgumentError: If only one of `x1` and `x2` is given.

    Example:
        >>> where([True, False], [1, 2], 0).tolist()
        [1, 0]
    """
    if (x1 is None) != (x2 is None):
        raise ArgumentError("`where` takes both `x1` and `x2`, or neither of them.")
    if x1 is None:
        found = current().nonzero(as_tensor(condition).array)
        return tuple(as_tensor(index) for index in found)
    return _choose(condition, x1, x2)
