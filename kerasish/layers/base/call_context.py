"""What holds during the call of an outermost layer: training or not, its losses."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from kerasish.core.revision import surroundings

__all__ = ["CallContext", "call_context", "current_context", "in_training"]


class CallContext:
    """One call of an outermost layer; the layers inside see it.

    It has these attributes:

        entry: The outermost layer.
        training: Whether it was called for training, or None if nobody said.
    """

    __slots__ = ("entry", "training")

    def __init__(self, entry: Any, training: Any) -> None:
        self.entry = entry
        self.training = training


_context: ContextVar[CallContext | None] = ContextVar("call_context", default=None)
current_context = _context.get


@contextmanager
def call_context(context: CallContext) -> Iterator[None]:
    """Makes a context the current one inside a `with` block."""
    token = _context.set(context)
    try:
        yield
    finally:
        _context.reset(token)


def _told() -> Any:
    context = _context.get()
    return None if context is None else context.training


surroundings.append(_told)


def in_training(training: Any, default: Any) -> Any:
    """Returns whether a layer is called for training.

    Args:
        training: What it was told itself, or None.
        default: The value where neither it nor an outer layer was told.
    """
    if training is not None:
        return training
    context = _context.get()
    if context is not None and context.training is not None:
        return context.training
    return default
