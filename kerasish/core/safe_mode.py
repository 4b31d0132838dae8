"""Whether a config may bring code of its own: no, unless somebody asked for it.

The answer belongs to the current thread or task, so that one thread's
`safe_mode=False` opens nothing in another.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["enable_unsafe_deserialization", "in_safe_mode", "safe_mode_scope"]

_unsafe: ContextVar[bool] = ContextVar("unsafe_deserialization", default=False)
_scope: ContextVar[bool | None] = ContextVar("safe_mode", default=None)


def enable_unsafe_deserialization() -> None:
    """Lets loading functions build lambdas from files in this thread.

    A lambda in a file is arbitrary code: call this only where every file that will be
    loaded comes from somebody you trust.
    """
    _unsafe.set(True)


def in_safe_mode() -> bool:
    """Returns whether code in a config must be refused now.

    Example:
        >>> in_safe_mode()
        True
    """
    scope = _scope.get()
    return not _unsafe.get() if scope is None else scope


@contextmanager
def safe_mode_scope(safe_mode: bool) -> Iterator[None]:
    """Sets safe mode for a block, unless an outer block has set it.

    The outermost loading call decides, so that no config can loosen it further in.

    Args:
        safe_mode: Whether code must be refused.

    Example:
        >>> with safe_mode_scope(False):
        ...     in_safe_mode()
        False
    """
    if _scope.get() is not None:
        yield
        return
    token = _scope.set(bool(safe_mode) and not _unsafe.get())
    try:
        yield
    finally:
        _scope.reset(token)
