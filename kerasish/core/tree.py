"""Nested structures of lists, tuples and dicts: flatten, map, pack, compare.

The functions of `keras.tree`. What a node is stands in `core.tree_nodes`; `None` is a
leaf. The keys of a dict are visited in sorted order, those of an `OrderedDict` in
their own.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from kerasish.core.errors import ArgumentError, ArgumentTypeError
from kerasish.core.tree_nodes import (
    DICTS,
    check_same_node,
    keys_of,
    kind_of,
    like_dict,
    like_sequence,
    rebuild,
    register_node_class,
)

__all__ = [
    "MAP_TO_NONE",
    "assert_same_paths",
    "assert_same_structure",
    "flatten",
    "flatten_with_path",
    "is_nested",
    "lists_to_tuples",
    "map_shape_structure",
    "map_structure",
    "map_structure_up_to",
    "pack_sequence_as",
    "register_node_class",
    "traverse",
]


class MAP_TO_NONE:
    """Returned by the function of `traverse` to put `None` in a place."""


def is_nested(structure: Any) -> bool:
    """Returns whether a structure is a node rather than a leaf.

    Args:
        structure: Anything.

    Example:
        >>> is_nested([]), is_nested(None), is_nested("ab")
        (True, False, False)
    """
    return kind_of(structure) is not None


def flatten(structure: Any) -> list[Any]:
    """Lists the leaves of a structure; a single leaf gives a list of one.

    Args:
        structure: Any nested structure.

    Returns:
        The leaves; dicts in the order of their sorted keys.

    Example:
        >>> flatten({"b": [1, 2], "a": None})
        [None, 1, 2]
    """
    leaves: list[Any] = []
    _collect(structure, leaves)
    return leaves


def flatten_with_path(structure: Any) -> list[tuple[tuple[Any, ...], Any]]:
    """Lists the leaves of a structure, each with the keys that lead to it.

    Args:
        structure: Any nested structure.

    Returns:
        Pairs of a tuple of keys and indices, and a leaf.

    Example:
        >>> flatten_with_path({"a": [1, 2]})
        [(('a', 0), 1), (('a', 1), 2)]
    """
    return list(_paths(structure, ()))


def map_structure(
    func: Callable[..., Any], *structures: Any, none_is_leaf: bool = True
) -> Any:
    """Applies a function to the leaves that stand at the same place.

    Args:
        func: Called with one leaf of each structure.
        *structures: One or more structures of the same form.
        none_is_leaf: Whether `func` is called on `None`; otherwise `None` stays.

    Returns:
        A structure like the first, of the results.

    Raises:
        ArgumentTypeError: If `func` is not callable.
        ArgumentError: If there is no structure or their forms differ.

    Example:
        >>> map_structure(lambda x, y: x + y, {"a": 1}, {"a": 2})
        {'a': 3}
    """
    _check_call(func, structures)
    if not none_is_leaf:
        func = _skip_none(func)
    if len(structures) == 1:
        return _map_one(func, structures[0])
    return _map_many(func, structures[0], structures[1:], whole=True)


def map_structure_up_to(
    shallow_structure: Any, func: Callable[..., Any], *structures: Any
) -> Any:
    """Applies a function to the parts that stand at the leaves of a shallow structure.

    Args:
        shallow_structure: The form to follow; its leaves are not passed on.
        func: Called with what each structure holds at such a leaf.
        *structures: Structures that are at least as deep.

    Returns:
        A structure like the shallow one, of the results.

    Raises:
        ArgumentTypeError: If `func` is not callable.
        ArgumentError: If a structure does not have the form of the shallow one.

    Example:
        >>> map_structure_up_to([0, 0], len, [[1, 2], [3]])
        [2, 1]
    """
    _check_call(func, structures)
    return _map_many(
        lambda _, *parts: func(*parts), shallow_structure, structures, whole=False
    )


def pack_sequence_as(structure: Any, flat_sequence: Iterable[Any]) -> Any:
    """Puts a flat sequence into the form of a structure.

    Args:
        structure: The form to follow.
        flat_sequence: As many values as the structure has leaves.

    Returns:
        A structure of the values.

    Raises:
        TypeError: If `flat_sequence` cannot be iterated over.
        ArgumentError: If the number of values differs.

    Example:
        >>> pack_sequence_as({"a": 0, "b": [0]}, [1, 2])
        {'a': 1, 'b': [2]}
    """
    values = list(flat_sequence)
    expected = len(flatten(structure))
    if len(values) != expected:
        raise ArgumentError(
            f"`flat_sequence` must have as many values as `structure` has leaves, "
            f"{expected}. Received: {len(values)} values"
        )
    left = iter(values)
    return _map_one(lambda _: next(left), structure)


def assert_same_structure(a: Any, b: Any, check_types: Any = None) -> None:
    """Raises unless two structures have the same form.

    Args:
        a: The expected structure.
        b: The structure to compare.
        check_types: Ignored, as in Keras: types are always compared, with all kinds
            of dicts counting as one.

    Raises:
        ArgumentError: If the forms differ.

    Example:
        >>> assert_same_structure([1, {"a": 2}], [3, {"a": None}])
    """
    del check_types
    _map_many(lambda *_: None, a, (b,), whole=True)


def assert_same_paths(a: Any, b: Any) -> None:
    """Raises unless two structures have leaves at the same paths.

    Unlike `assert_same_structure`, a list may stand for a tuple.

    Args:
        a: The expected structure.
        b: The structure to compare.

    Raises:
        ArgumentError: If a path is missing on either side.

    Example:
        >>> assert_same_paths([1, (2, 3)], (4, [5, 6]))
    """
    of_a = {path for path, _ in _paths(a, ())}
    of_b = {path for path, _ in _paths(b, ())}
    if of_a == of_b:
        return
    lines = ["`a` and `b` don't have the same paths."]
    for only, there, here in ((of_a - of_b, "a", "b"), (of_b - of_a, "b", "a")):
        if only:
            shown = sorted(only, key=repr)
            lines.append(f"Paths in `{there}` missing in `{here}`: {shown}")
    raise ArgumentError("\n".join(lines))


def traverse(func: Callable[[Any], Any], structure: Any, top_down: bool = True) -> Any:
    """Visits every node and leaf, and replaces those for which `func` answers.

    Args:
        func: Called with a node or leaf; returns None to keep it (and, going down,
            to look inside), `MAP_TO_NONE` for None, or what stands there instead.
        structure: Any nested structure.
        top_down: Whether a node is visited before what it holds, or after.

    Returns:
        The new structure.

    Raises:
        ArgumentTypeError: If `func` is not callable.

    Example:
        >>> traverse(lambda x: sum(x) if isinstance(x, tuple) else None, [(1, 2), 3])
        [3, 3]
    """
    _check_call(func, (structure,))
    if top_down:
        answer = func(structure)
        if answer is not None:
            return None if answer is MAP_TO_NONE else answer
        return rebuild(structure, lambda part: traverse(func, part, True))
    rebuilt = rebuild(structure, lambda part: traverse(func, part, False))
    answer = func(rebuilt)
    if answer is None:
        return rebuilt
    return None if answer is MAP_TO_NONE else answer


def lists_to_tuples(structure: Any) -> Any:
    """Turns every list of a structure into a tuple.

    Args:
        structure: Any nested structure.

    Example:
        >>> lists_to_tuples([1, {"a": [2]}])
        (1, {'a': (2,)})
    """
    return traverse(
        lambda part: tuple(part) if isinstance(part, list) else None,
        structure,
        top_down=False,
    )


def map_shape_structure(func: Callable[[Any], Any], structure: Any) -> Any:
    """Applies a function to the shapes of a structure, each taken as one leaf.

    Args:
        func: Called with a list or tuple of integers and None.
        structure: A shape, or lists, tuples and dicts of shapes.

    Returns:
        The structure of the results.

    Raises:
        ArgumentTypeError: If `func` is not callable.

    Example:
        >>> map_shape_structure(len, {"a": (None, 3), "b": (2,)})
        {'a': 2, 'b': 1}
    """
    _check_call(func, (structure,))
    if _is_shape(structure) or kind_of(structure) is None:
        return func(structure)
    return rebuild(structure, lambda part: map_shape_structure(func, part))


def _collect(node: Any, leaves: list[Any]) -> None:
    kind = kind_of(node)
    if kind is None:
        leaves.append(node)
    elif kind in DICTS:
        for key in keys_of(node):
            _collect(node[key], leaves)
    else:
        for part in node:
            _collect(part, leaves)


def _paths(node: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    kind = kind_of(node)
    if kind is None:
        yield path, node
    elif kind in DICTS:
        for key in keys_of(node):
            yield from _paths(node[key], (*path, key))
    else:
        for index, part in enumerate(node):
            yield from _paths(part, (*path, index))


def _map_one(func: Callable[[Any], Any], node: Any) -> Any:
    kind = kind_of(node)
    if kind is None:
        return func(node)
    if kind is list:
        return [_map_one(func, part) for part in node]
    if kind is tuple:
        return tuple([_map_one(func, part) for part in node])
    return rebuild(node, lambda part: _map_one(func, part))


def _map_many(
    func: Callable[..., Any], first: Any, others: Sequence[Any], whole: bool
) -> Any:
    """Maps over structures of one form; `whole` refuses nodes below a leaf."""
    kind = kind_of(first)
    if kind is None:
        for other in others:
            if whole and kind_of(other) is not None:
                raise ArgumentError(
                    "Structures don't have the same nested structure: a leaf "
                    f"{first!r:.80} stands where there is {other!r:.80}"
                )
        return func(first, *others)
    for other in others:
        check_same_node(first, other)
    if kind in DICTS:
        values = {
            key: _map_many(func, first[key], [other[key] for other in others], whole)
            for key in keys_of(first)
        }
        return like_dict(first, values)
    parts = [
        _map_many(func, part, rest, whole)
        for part, *rest in zip(first, *others, strict=True)
    ]
    return like_sequence(first, parts)


def _skip_none(func: Callable[..., Any]) -> Callable[..., Any]:
    return lambda first, *rest: None if first is None else func(first, *rest)


def _is_shape(node: Any) -> bool:
    return isinstance(node, list | tuple) and all(
        part is None or isinstance(part, int) for part in node
    )


def _check_call(func: Any, structures: tuple[Any, ...]) -> None:
    if not callable(func):
        raise ArgumentTypeError(f"`func` must be callable. Received: {func!r}")
    if not structures:
        raise ArgumentError("Must provide at least one structure")
