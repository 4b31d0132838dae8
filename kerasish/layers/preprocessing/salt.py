"""The salt of a hash: one integer or two that make it another one."""

from typing import Any

from kerasish.core.errors import ArgumentError

__all__ = ["checked_salt"]


def checked_salt(kind: str, salt: Any) -> list[int] | None:
    """Returns a salt as two integers, or None.

    Args:
        kind: Class of the layer.
        salt: None, an integer, or a tuple or list of two.

    Raises:
        ArgumentError: If it is none of these.

    Example:
        >>> checked_salt("Hashing", 133)
        [133, 133]
    """
    if salt is None:
        return None
    both = list(salt) if isinstance(salt, list | tuple) else [salt, salt]
    for part in both:
        if not hasattr(part, "__index__") or isinstance(part, bool):
            both = []
    if len(both) != 2:
        raise ArgumentError(
            f"The `salt` argument for `{kind}` can only be a tuple of size 2 integers, "
            f"or a single integer. Received: salt={salt!r}"
        )
    return [int(part) for part in both]
