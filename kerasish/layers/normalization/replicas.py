"""Statistics of a batch that processes share, each with its part of the rows."""

from math import prod
from typing import Any

from kerasish import ops
from kerasish.autodiff.collective import replica_sum
from kerasish.backends.communication import current

__all__ = ["has_replicas", "replica_sums"]


def has_replicas() -> bool:
    """Returns whether other processes hold parts of the batch.

    Example:
        >>> has_replicas()
        False
    """
    return current() is not None


def replica_sums(tensors: tuple[Any, ...]) -> tuple[Any, ...]:
    """Returns the sums of some tensors over all processes, added up at once.

    The derivative of a sum reaches every summand: the gradient of the function is again
    the sum of gradients over all processes.

    Args:
        tensors: Float tensors of one dtype.

    Example:
        >>> [t.tolist() for t in replica_sums((ops.ones(2), ops.zeros(1)))]
        [[1.0, 1.0], [0.0]]
    """
    flat = replica_sum(ops.concatenate([ops.reshape(t, (-1,)) for t in tensors]))
    made, start = [], 0
    for t in tensors:
        stop = start + prod(t.shape)
        made.append(ops.reshape(flat[start:stop], t.shape))
        start = stop
    return tuple(made)
