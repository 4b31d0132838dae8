"""Sums over replicas: the hook through which devices share statistics of a batch.

With one device there is nothing to add. What runs several of them, each on its part of
a batch, opens a scope with a function that adds tensors of all of them up.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

__all__ = ["replica_sum", "replica_sum_scope"]

Sum = Callable[[tuple[Any, ...]], tuple[Any, ...]]

_current: ContextVar[Sum | None] = ContextVar("replica_sum", default=None)


def replica_sum() -> Sum | None:
    """Returns the function that adds up over replicas, or None if there is one."""
    return _current.get()


@contextmanager
def replica_sum_scope(function: Sum) -> Iterator[None]:
    """Lets synchronised layers inside the block add up over replicas.

    Args:
        function: It takes a tuple of tensors, and returns the tuple of their sums over
            all replicas. The derivative of a sum reaches every summand: the gradient
            of the function is again the sum of gradients over all replicas.

    Example:
        >>> twice = lambda tensors: tuple(t * 2 for t in tensors) # two that are alike
        >>> with replica_sum_scope(twice):
        ...     replica_sum()((3.0,))
        (6.0,)
    """
    token = _current.set(function)
    try:
        yield
    finally:
        _current.reset(token)
