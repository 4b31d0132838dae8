"""A count of the changes that a recorded step may depend on.

Setting an attribute of a layer, an optimizer or another object whose Python code a
plan has recorded raises the count. A plan that finds it unchanged need not look
further.
"""

from collections.abc import Callable
from typing import Any

__all__ = ["VOLATILE", "revise", "revision", "settings", "surroundings"]

# Attributes that running a step or looking at a model sets, and no step depends on.
VOLATILE = frozenset(
    "_losses _inbound_nodes _outbound_nodes history stop_training _build_shapes "
    "_functions".split()
)

# Functions whose results belong to a recording's signature: what else it depends on.
# Who changes a setting notes it with `revise`; surroundings are looked at each time.
settings: list[Callable[[], Any]] = []
surroundings: list[Callable[[], Any]] = []

_count = [0]


def revise() -> None:
    """Notes a change."""
    _count[0] += 1


def revision() -> int:
    """Returns how many changes were noted so far.

    Example:
        >>> before = revision()
        >>> revise()
        >>> revision() - before
        1
    """
    return _count[0]
