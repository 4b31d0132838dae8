"""Which objects of a model have weights, and under which path Keras stores each.

A path follows attributes: public ones first, each half in alphabetical order. Objects
in a list, tuple or dict are named after their class and numbered (`dense`, `dense_1`),
containers in containers `container`, `container_1`; all are counted, also those that
were met before. Each object is stored once, where it is met first. So a layer that is
a plain attribute of a model lies under `layers`, unless its attribute sorts before.
"""

from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from kerasish.core.naming import to_snake_case

__all__ = ["is_saveable", "walk"]

# Rooms whose classes are bases of everything: of their properties only these two lead
# to objects with weights. Elsewhere every property is followed, as in Keras, where
# that decides on names: `query_dense` and not `_query_dense`.
_BASES = (
    "kerasish.autodiff",
    "kerasish.core",
    "kerasish.layers.base",
    "kerasish.models",
)
_FOLLOWED = ("layers", "optimizer")
_SKIPPED = frozenset({"_arguments", "_inbound_nodes", "_outbound_nodes"})
# Where a class may name more: what it does not own, and what it holds twice.
_SKIP_LISTS = ("_untracked", "_unsaved")
_CONTAINERS = (list, tuple, dict)


def is_saveable(value: Any) -> bool:
    """Returns whether an object has weights of its own to save.

    Args:
        value: Anything.

    Example:
        >>> is_saveable(3)
        False
    """
    return hasattr(type(value), "save_own_variables")


def walk(root: Any) -> list[tuple[str, Any]]:
    """Lists an object and all objects with weights in it, with their paths.

    Args:
        root: A model, layer or optimizer; its own path is `""`.

    Returns:
        Pairs of path and object, in the order of Keras.

    Example:
        >>> class Cell:
        ...     def save_own_variables(self, store): ...
        >>> outer = Cell()
        >>> outer.cells = [Cell(), Cell()]
        >>> [path for path, _ in walk(outer)]
        ['', 'cells/cell', 'cells/cell_1']
    """
    found: list[tuple[str, Any]] = []
    _visit(root, "", found, set())
    return found


def _visit(
    obj: Any, path: str, found: list[tuple[str, Any]], visited: set[int]
) -> None:
    if id(obj) in visited:
        return
    visited.add(id(obj))
    found.append((path, obj))
    for name, value in _attributes(obj):
        _descend(value, f"{path}/{name}" if path else name, found, visited)


def _descend(
    value: Any, path: str, found: list[tuple[str, Any]], visited: set[int]
) -> None:
    if is_saveable(value):
        _visit(value, path, found, visited)
    elif isinstance(value, _CONTAINERS):
        counts: Counter[str] = Counter()
        for part in value.values() if isinstance(value, dict) else value:
            if isinstance(part, _CONTAINERS):
                name = "container"
            elif is_saveable(part):
                name = to_snake_case(type(part).__name__)
            else:
                continue
            number = counts[name]
            counts[name] += 1
            inner = f"{path}/{name}_{number}" if number else f"{path}/{name}"
            _descend(part, inner, found, visited)


def _attributes(obj: Any) -> Iterator[tuple[str, Any]]:
    """Yields the attributes that may lead to objects with weights, in order."""
    skipped = _SKIPPED.union(*(getattr(obj, name, ()) for name in _SKIP_LISTS))
    own = vars(obj) if hasattr(obj, "__dict__") else {}
    names = {*own, *_class_attributes(type(obj))} - skipped.difference(_FOLLOWED)
    for name in sorted(names, key=lambda name: (name.startswith("_"), name)):
        try:
            value = own[name] if name in own else getattr(obj, name)
        except Exception:  # noqa: S112  (a property that cannot answer yet)
            continue
        if is_saveable(value) or isinstance(value, _CONTAINERS):
            yield name, value


def _class_attributes(cls: type) -> set[str]:
    """Returns the properties, layers and containers that a class itself defines."""
    names: set[str] = set()
    for base in cls.__mro__[:-1]:
        if base.__module__.startswith(_BASES):
            names.update(name for name in _FOLLOWED if name in vars(base))
            continue
        for name, value in vars(base).items():
            followed = isinstance(
                value, property | cached_property | list | tuple | dict
            )
            if not name.startswith("__") and (followed or is_saveable(value)):
                names.add(name)
    return names
