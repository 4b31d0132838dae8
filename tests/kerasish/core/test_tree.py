"""keras.tree: expected values are what Keras 3.15.1 answers for the same calls."""

from collections import OrderedDict, defaultdict, deque, namedtuple

import pytest

from kerasish.core import tree

Point = namedtuple("Point", "x y")


class Tracked(list):
    """A list that is a node."""


tree.register_node_class(Tracked, list)


@pytest.mark.parametrize(
    ("structure", "leaves"),
    [
        (None, [None]),
        (5, [5]),
        ([None, 1], [None, 1]),
        ({"b": 1, "a": 2}, [2, 1]),
        (OrderedDict([("b", 1), ("a", 2)]), [1, 2]),
        (defaultdict(int, {"b": 1, "a": 2}), [2, 1]),
        (deque([1, 2]), [1, 2]),
        (Point(1, (2, 3)), [1, 2, 3]),
        ({1: 1, "a": 2}, [1, 2]),
        ({1, 2}, [{1, 2}]),
        ([[], (), {}], []),
        (Tracked([1, Tracked([2])]), [1, 2]),
        (type("L", (list,), {})([1, 2]), [[1, 2]]),
    ],
)
def test_flatten(structure, leaves):
    assert tree.flatten(structure) == leaves


def test_is_nested():
    nodes = [[], (), {}, Point(1, 2), deque(), OrderedDict(), Tracked()]
    leaves = [1, "a", None, set(), {}.keys(), range(3)]
    assert all(tree.is_nested(node) for node in nodes)
    assert not any(tree.is_nested(leaf) for leaf in leaves)


def test_flatten_with_path():
    structure = {"b": [1, {"c": 2}], "a": Point(3, 4), "n": None}
    assert tree.flatten_with_path(structure) == [
        (("a", 0), 3),
        (("a", 1), 4),
        (("b", 0), 1),
        (("b", 1, "c"), 2),
        (("n",), None),
    ]
    assert tree.flatten_with_path(5) == [((), 5)]


def test_map_structure_of_one():
    assert tree.map_structure(lambda x: x, [None, 1]) == [None, 1]
    assert tree.map_structure(lambda x: x + 1, Point(1, 2)) == Point(2, 3)
    assert tree.map_structure(lambda x: x + 1, 1) == 2
    counts = tree.map_structure(lambda x: x + 1, defaultdict(int, {"b": 1, "a": 2}))
    assert counts["missing"] == 0
    assert list(counts.items())[:2] == [("b", 2), ("a", 3)]
    assert tree.map_structure(lambda x: -x, (1, [2, {"k": 3}])) == (-1, [-2, {"k": -3}])


def test_map_structure_of_several():
    summed = tree.map_structure(
        lambda x, y: x + y, {"b": 1, "a": 2}, {"a": 10, "b": 20}
    )
    assert list(summed.items()) == [("b", 21), ("a", 12)]
    pairs = tree.map_structure(lambda x, y: (x, y), {"a": 1}, OrderedDict(a=2))
    assert pairs == {"a": (1, 2)}
    assert tree.map_structure(max, [1, (2,)], [3, (0,)], [2, (9,)]) == [3, (9,)]


def test_none_can_be_skipped():
    mapped = tree.map_structure(lambda x: x + 1, [None, 1], none_is_leaf=False)
    assert mapped == [None, 2]


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        ([1, 2], [1], "list of length 2. Received: length 1"),
        ([1, 2], (1, 2), "of type list. Received"),
        ({"a": 1}, {"b": 1}, r"missing: \['a'\]"),
        ([1, 2], [1, [2]], r"a leaf 2 stands where there is \[2\]"),
        ([1, [2]], [1, 2], "of type list. Received: 2 of type int"),
    ],
)
def test_map_structure_refuses_other_forms(a, b, message):
    with pytest.raises(ValueError, match=message):
        tree.map_structure(lambda x, y: x, a, b)


def test_map_structure_arguments():
    with pytest.raises(TypeError, match="`func` must be callable. Received: 3"):
        tree.map_structure(3, [1])
    with pytest.raises(ValueError, match="at least one structure"):
        tree.map_structure(abs)


def test_map_structure_up_to():
    paired = tree.map_structure_up_to([1, 2], lambda x, y: (x, y), [1, 2], [[3, 4], 5])
    assert paired == [(1, [3, 4]), (2, 5)]
    assert tree.map_structure_up_to([None, 1], lambda x: x, [[1, 2], 3]) == [[1, 2], 3]
    with pytest.raises(ValueError, match="of type list. Received: 4 of type int"):
        tree.map_structure_up_to([1, [2]], lambda x: x, [3, 4])


def test_pack_sequence_as():
    packed = tree.pack_sequence_as({"b": [1, 2], "a": Point(3, 4)}, (10, 20, 30, 40))
    assert packed == {"a": Point(10, 20), "b": [30, 40]}
    assert list(packed) == ["b", "a"]
    assert tree.pack_sequence_as(1, [5]) == 5
    assert tree.pack_sequence_as([None, 2], [5, 6]) == [5, 6]
    for values in ([5], [5, 6, 7]):
        with pytest.raises(ValueError, match=f"leaves, 2. Received: {len(values)}"):
            tree.pack_sequence_as([1, 2], values)
    with pytest.raises(TypeError, match="not iterable"):
        tree.pack_sequence_as([1, 2], 5)


def test_assert_same_structure():
    tree.assert_same_structure([None], [1])
    tree.assert_same_structure({"a": 1}, OrderedDict(a=1))
    tree.assert_same_structure(Tracked([1]), [2])
    with pytest.raises(ValueError, match="same nested structure"):
        tree.assert_same_structure([None], [[]])


def test_assert_same_paths():
    tree.assert_same_paths([0, (1, 2)], (0, [1, 2]))
    tree.assert_same_paths(5, 6)
    with pytest.raises(ValueError, match=r"Paths in `b` missing in `a`: \[\(2,\)\]"):
        tree.assert_same_paths([0, (1, 2)], (0, [1, 2], 3))


def test_traverse_down_visits_nodes_first():
    seen = []

    def visit(part):
        seen.append(part)
        return part + 1 if isinstance(part, int) else None

    assert tree.traverse(visit, [1, (2, 3)]) == [2, (3, 4)]
    assert seen == [[1, (2, 3)], 1, (2, 3), 2, 3]


def test_traverse_up_sees_what_was_rebuilt():
    def visit(part):
        return sum(part) if isinstance(part, list) else None

    assert tree.traverse(visit, (1, [2, [3]]), top_down=False) == (1, 5)


@pytest.mark.parametrize("top_down", [True, False])
def test_traverse_can_put_none(top_down):
    def visit(part):
        return tree.MAP_TO_NONE if part == 2 else None

    assert tree.traverse(visit, (1, (2, 3)), top_down) == (1, (None, 3))


def test_lists_to_tuples():
    assert tree.lists_to_tuples([1, [2, {"a": [3]}], None]) == (
        1,
        (2, {"a": (3,)}),
        None,
    )


def test_map_shape_structure():
    shapes = [(1, 2), [3, 4], {"a": (None, 2)}]
    assert tree.map_shape_structure(tuple, shapes) == [(1, 2), (3, 4), {"a": (None, 2)}]
    assert tree.map_shape_structure(len, (1, 2)) == 2
    assert tree.map_shape_structure(lambda s: s, [None, (1,)]) == [None, (1,)]
    assert tree.map_shape_structure(len, ()) == 0
