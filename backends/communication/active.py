"""Which group of processes a computation belongs to, and its share of the batch.

A group of one process is none: whoever finds None has nothing to share.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from kerasish.backends.communication.communicator import Communicator
from kerasish.core.revision import surroundings

__all__ = [
    "Share",
    "current",
    "group_scope",
    "is_first",
    "set_group",
    "share",
    "sharing",
    "weight",
]


class Share(NamedTuple):
    """The part of a batch that a process has.

    Args:
        rows: Its rows that count.
        total: The rows of all processes.
    """

    rows: int
    total: int


_default: list[Communicator | None] = [None]
_scope: ContextVar[tuple[Communicator | None] | None] = ContextVar(
    "group", default=None
)
_share: ContextVar[Share | None] = ContextVar("share", default=None)
share = _share.get


def current() -> Communicator | None:
    """Returns the group that this computation belongs to, None for a single process.

    Example:
        >>> current() is None
        True
    """
    scoped = _scope.get()
    return _default[0] if scoped is None else scoped[0]


def is_first() -> bool:
    """Returns whether this process is the one that writes files and prints.

    Example:
        >>> is_first()
        True
    """
    group = current()
    return group is None or group.rank == 0


def set_group(group: Communicator | None) -> None:
    """Makes a group the one of this process.

    Args:
        group: The group, or None.
    """
    _default[0] = _several(group)


@contextmanager
def group_scope(group: Communicator | None) -> Iterator[None]:
    """Computes as a member of a group inside the block.

    Args:
        group: The group, or None.
    """
    token = _scope.set((_several(group),))
    try:
        yield
    finally:
        _scope.reset(token)


@contextmanager
def sharing(part: Share | None) -> Iterator[None]:
    """Computes a share of a batch inside the block.

    Args:
        part: The share, or None where each process counts the same.

    Example:
        >>> with sharing(Share(3, 4)):
        ...     share()
        Share(rows=3, total=4)
    """
    token = _share.set(part)
    try:
        yield
    finally:
        _share.reset(token)


def weight() -> float:
    """Returns how much this process counts in a mean over processes; 1 on average."""
    group, part = current(), _share.get()
    if group is None or part is None:
        return 1.0
    return part.rows * group.size / part.total


def _several(group: Communicator | None) -> Communicator | None:
    return None if group is None or group.size == 1 else group


# What was recorded for one group or share is no plan of another.
surroundings.append(lambda: (_scope.get(), _default[0], _share.get()))
