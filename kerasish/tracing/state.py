"""What the Python objects behind a recorded step look like, to be compared later.

A plan holds what the code did when it was recorded. The fingerprint of the objects
that the code reads, layers, optimizer, losses, metrics, tells whether it would do the
same again.
"""

from typing import Any

from kerasish.autodiff import Variable
from kerasish.core.registry import Serializable
from kerasish.core.revision import VOLATILE

__all__ = ["PLAIN", "Same", "fingerprint"]

PLAIN = (int, float, str, bool, type(None), bytes, complex)


def fingerprint(*roots: Any) -> tuple[Any, ...]:
    """Returns a value that differs if attributes of objects were set in between.

    Variables count by identity and by whether they are trainable, not by value.

    Args:
        *roots: Objects; those of the library that they hold are looked into.

    Example:
        >>> from kerasish import layers
        >>> layer = layers.Dropout(0.5)
        >>> before = fingerprint(layer)
        >>> layer.rate = 0.2
        >>> fingerprint(layer) == before
        False
    """
    made: list[Any] = []
    seen: set[int] = set()
    stack = list(roots)
    while stack:
        x = stack.pop()
        if id(x) in seen:
            continue
        seen.add(id(x))
        made.append(_identity(x))
        if isinstance(x, Variable):
            made += (x._trainable, Same(x._regularizer), Same(x._constraint))
            continue
        # Copies: other threads may set what is new meanwhile.
        if isinstance(x, dict):
            items = list(dict(x).items())
        elif isinstance(x, list | tuple | set):
            items = list(enumerate(list(x)))
        else:
            attributes = vars(x).copy()
            items = [(k, v) for k, v in attributes.items() if k not in VOLATILE]
        for key, value in items:
            made.append(key if isinstance(key, PLAIN) else Same(key))
            if isinstance(value, PLAIN):
                made.append((type(value), value))
            else:
                made.append(_identity(value))
                if _looked_into(value):
                    stack.append(value)
    return tuple(made)


def _looked_into(value: Any) -> bool:
    kinds = (Variable, Serializable, list, tuple, dict, set)
    return isinstance(value, kinds) or hasattr(value, "_is_recorded")


def _identity(x: Any) -> Any:
    """Returns what tells an object from others; of a container it is its contents."""
    return type(x) if isinstance(x, list | tuple | dict | set) else Same(x)


class Same:
    """An object compared by identity; kept, so that no other gets its address."""

    __slots__ = ("held",)

    def __init__(self, held: Any) -> None:
        self.held = held

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.held is other.held

    def __hash__(self) -> int:
        return id(self.held)
