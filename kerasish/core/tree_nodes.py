"""What counts as a node of a nested structure, and how nodes are rebuilt.

Nodes are `list`, `tuple`, named tuples, `dict`, `OrderedDict`, `defaultdict`, `deque`
and the classes given to `register_node_class`; everything else, `None` included, is a
leaf. Subclasses that are not registered are leaves too.
"""

from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable
from typing import Any

from kerasish.core.errors import ArgumentError

__all__ = [
    "DICTS",
    "check_same_node",
    "keys_of",
    "kind_of",
    "like_dict",
    "like_sequence",
    "rebuild",
    "register_node_class",
]

DICTS: tuple[type, ...] = (dict, OrderedDict, defaultdict)

# The node classes, each with the class it counts as. Named tuples are not listed:
# they are recognised by their fields.
_KINDS: dict[type, type] = {
    kind: kind for kind in (list, tuple, dict, OrderedDict, defaultdict, deque)
}


def register_node_class(cls: type, like: type) -> None:
    """Makes a class a node that counts as, and is rebuilt as, a plain container.

    Args:
        cls: A subclass of `list`, `tuple` or `dict`.
        like: The plain class, one of these three.

    Example:
        >>> class Tracked(list): pass
        >>> register_node_class(Tracked, list)
        >>> kind_of(Tracked())
        <class 'list'>
    """
    _KINDS[cls] = like


def kind_of(node: Any) -> type | None:
    """Returns the class that a node counts as, or None for a leaf.

    Args:
        node: Anything.

    Example:
        >>> kind_of([1]), kind_of(1)
        (<class 'list'>, None)
    """
    found = _KINDS.get(type(node))
    if found is None and isinstance(node, tuple) and hasattr(node, "_fields"):
        return type(node)
    return found


def keys_of(node: Any) -> list[Any]:
    """Returns the keys of a dict in the order of a visit.

    Args:
        node: A dict of any kind.

    Example:
        >>> keys_of({"b": 1, "a": 2}), keys_of(OrderedDict(b=1, a=2))
        (['a', 'b'], ['b', 'a'])
    """
    keys = list(node)
    if len(keys) < 2 or isinstance(node, OrderedDict):
        return keys
    try:
        return sorted(keys)
    except TypeError:  # keys of several types: by type, then by value
        return sorted(keys, key=lambda key: (type(key).__qualname__, repr(key)))


def rebuild(node: Any, func: Callable[[Any], Any]) -> Any:
    """Returns a node of the same kind whose parts are `func` of its parts.

    Args:
        node: A node, or a leaf, which is returned as it is.
        func: Called with each part, in the order of a visit.

    Example:
        >>> rebuild({"b": 1, "a": 2}, str)
        {'b': '1', 'a': '2'}
    """
    kind = kind_of(node)
    if kind is None:
        return node
    if kind in DICTS:
        return like_dict(node, {key: func(node[key]) for key in keys_of(node)})
    return like_sequence(node, [func(part) for part in node])


def like_dict(node: Any, values: dict[Any, Any]) -> Any:
    """Returns a dict of the kind and key order of `node`.

    Args:
        node: A dict of any kind.
        values: The new values, by the same keys.

    Example:
        >>> like_dict({"b": 1, "a": 2}, {"a": 3, "b": 4})
        {'b': 4, 'a': 3}
    """
    kind = kind_of(node)
    if kind is defaultdict:
        return defaultdict(node.default_factory, {key: values[key] for key in node})
    in_order = ((key, values[key]) for key in node)
    return OrderedDict(in_order) if kind is OrderedDict else dict(in_order)


def like_sequence(node: Any, parts: list[Any]) -> Any:
    """Returns a list, tuple, named tuple or deque like `node`.

    Args:
        node: A sequence.
        parts: The new parts.

    Example:
        >>> like_sequence((1, 2), [3, 4])
        (3, 4)
    """
    kind = kind_of(node)
    if kind is list:
        return parts
    if kind is deque:
        return deque(parts, maxlen=node.maxlen)
    return tuple(parts) if kind is tuple else type(node)(*parts)


def check_same_node(a: Any, b: Any) -> None:
    """Raises unless two nodes have one kind and one length or set of keys.

    All kinds of dicts count as one; a named tuple only equals its own class.

    Args:
        a: The expected node.
        b: The node to compare.

    Raises:
        ArgumentError: If they differ.

    Example:
        >>> check_same_node([1], [2])
    """
    of_a, of_b = kind_of(a), kind_of(b)
    both_dicts = of_a in DICTS and of_b in DICTS
    if of_a is not of_b and not both_dicts:
        raise ArgumentError(
            f"Structures don't have the same nested structure: expected "
            f"{_describe(a)}. Received: {_describe(b)}"
        )
    if both_dicts and a.keys() != b.keys():
        missing = sorted(a.keys() - b.keys(), key=repr)
        extra = sorted(b.keys() - a.keys(), key=repr)
        raise ArgumentError(
            f"Structures don't have the same nested structure: keys differ; "
            f"missing: {missing}, unexpected: {extra}"
        )
    if len(a) != len(b):
        raise ArgumentError(
            f"Structures don't have the same nested structure: expected a "
            f"{type(a).__name__} of length {len(a)}. Received: length {len(b)}"
        )


def _describe(node: Any) -> str:
    return f"{node!r:.80} of type {type(node).__name__}"
