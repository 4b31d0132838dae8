"""A count of the changes that a recorded step may depend on.

Setting an attribute of a layer, an optimizer or another object whose Python code a
plan has recorded raises the count. A plan that finds it unchanged need not look
further.
"""

__all__ = ["revise", "revision"]

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
