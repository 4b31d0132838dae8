"""Names of layers and variables: automatic ones and the scopes they stand in."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock

__all__ = [
    "auto_name",
    "current_path",
    "get_uid",
    "name_scope",
    "reset_uids",
    "to_snake_case",
]

_counts: dict[str, int] = {}
_lock = Lock()
_scopes: ContextVar[tuple[str, ...]] = ContextVar("name_scopes", default=())

_WORD_BEFORE = re.compile(r"(.)([A-Z][a-z]+)")
_LOWER_BEFORE = re.compile(r"([a-z])([A-Z])")


def to_snake_case(name: str) -> str:
    """Turns a class name into the snake case that Keras uses for names and files.

    Args:
        name: A class name.

    Returns:
        The name in lower case with underscores.

    Example:
        >>> to_snake_case("Conv2DTranspose"), to_snake_case("ReLU")
        ('conv2d_transpose', 're_lu')
    """
    name = re.sub(r"\W+", "", name)
    name = _WORD_BEFORE.sub(r"\1_\2", name)
    return _LOWER_BEFORE.sub(r"\1_\2", name).lower()


def get_uid(prefix: str = "") -> int:
    """Returns the next number for a prefix, from 1.

    Args:
        prefix: What is counted.

    Example:
        >>> reset_uids(); get_uid("dense"), get_uid("dense")
        (1, 2)
    """
    with _lock:
        _counts[prefix] = _counts.get(prefix, 0) + 1
        return _counts[prefix]


def auto_name(prefix: str) -> str:
    """Returns a name that no object of this prefix has had: `dense`, `dense_1`, ...

    Args:
        prefix: A class name or a name in snake case.

    Example:
        >>> reset_uids(); auto_name("Dense"), auto_name("Dense")
        ('dense', 'dense_1')
    """
    prefix = to_snake_case(prefix)
    count = get_uid(prefix) - 1
    return f"{prefix}_{count}" if count else prefix


def reset_uids() -> None:
    """Starts automatic names again, as `clear_session` does."""
    with _lock:
        _counts.clear()


@contextmanager
def name_scope(name: str, **kwargs: object) -> Iterator[None]:
    """Puts a name in front of the path of every variable made inside.

    Args:
        name: The name of the scope; without `/`.
        **kwargs: `caller` and others that Keras passes; they change nothing.

    Raises:
        ValueError: If `name` is not a non-empty string without `/`.

    Example:
        >>> with name_scope("encoder"):
        ...     current_path()
        'encoder'
    """
    if not isinstance(name, str) or not name or "/" in name:
        raise ValueError(
            f"`name` must be a non-empty string without '/'. Received: name={name!r}"
        )
    token = _scopes.set((*_scopes.get(), name))
    try:
        yield
    finally:
        _scopes.reset(token)


def current_path() -> str:
    """Returns the open scopes joined by `/`.

    Example:
        >>> current_path()
        ''
    """
    return "/".join(_scopes.get())
