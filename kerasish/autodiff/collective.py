"""Sums over the processes of a group, as operations that tapes and recorders know.

All processes must come to the same sums in the same order, whatever each has compiled.
So a sum is an effect, which no pass drops or computes beforehand; and each takes the
one before it as an operand, so that none can change places.
"""

from typing import Any

from kerasish.autodiff.casting import keep
from kerasish.autodiff.custom_gradient import custom_gradient
from kerasish.autodiff.mode import current as current_mode
from kerasish.autodiff.primitive import defvjp, primitive
from kerasish.autodiff.symbolic import TensorSpec
from kerasish.autodiff.tensor import Tensor
from kerasish.backends import current as current_backend
from kerasish.backends.communication import current as current_group
from kerasish.backends.communication import share, weight

__all__ = ["all_reduce", "replica_sum"]


def _spec(x: TensorSpec, after: TensorSpec) -> TensorSpec:
    return x


@primitive(spec=_spec, cast=keep)
def _all_reduce(x: Any, after: Any) -> Any:
    """Adds up what all processes give; `after` is the sum that comes before."""
    return current_backend().all_reduce(x)


_all_reduce.has_effect = True


def all_reduce(x: Any) -> Tensor:
    """Returns the sum of a tensor over all processes; the tensor where there is one.

    Its gradient is the sum of the gradients of all processes.

    Args:
        x: Tensor of the same shape and dtype in each process.

    Example:
        >>> all_reduce(Tensor(np.ones(2))).tolist()
        [1.0, 1.0]
    """
    if current_group() is None or current_mode().symbolic:
        return x  # type: ignore[no-any-return]
    recorder = current_mode().recorder
    if recorder is None:
        return _all_reduce(x, x)  # type: ignore[no-any-return]
    after = x if recorder.latest_effect is None else recorder.latest_effect
    made: Tensor = _all_reduce(x, after)
    recorder.latest_effect = made
    return made


defvjp(_all_reduce, lambda g, y, x, after: all_reduce(g), None)


def replica_sum(x: Any) -> Any:
    """Returns the sum of a statistic of a batch over the processes that share it.

    A process without rows of its own adds nothing. The loss of the whole batch is the
    mean of the processes' losses by their rows; so the gradients that arrive here count
    by rows, and what goes back is such that the optimizer may weigh it again.

    Args:
        x: Tensor of float numbers.
    """
    if current_group() is None:
        return x
    part, counts = share(), weight()
    present = 1.0 if part is None or part.rows else 0.0

    def grad(g: Any) -> Any:
        total = all_reduce(g if counts == 1.0 else g * counts)
        if counts == 1.0:
            return total
        return total * (1.0 / counts if counts else 0.0)  # type: ignore[operator]

    @custom_gradient
    def total(x: Any) -> Any:
        return all_reduce(x if present else x * present), grad

    return total(x)
