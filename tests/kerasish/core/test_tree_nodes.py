"""What counts as a node, and how nodes are rebuilt."""

from collections import OrderedDict, defaultdict, deque, namedtuple

import pytest

from kerasish.core import tree_nodes
from kerasish.core.errors import ArgumentError

Point = namedtuple("Point", "x y")
Other = namedtuple("Other", "x y")


class Marked(dict):
    """A registered dict."""


class Plain(dict):
    """A dict that is not registered."""


tree_nodes.register_node_class(Marked, dict)


@pytest.mark.parametrize("node", [[], (), {}, OrderedDict(), defaultdict(int), deque()])
def test_containers_are_nodes_of_their_own_kind(node):
    assert tree_nodes.kind_of(node) is type(node)


@pytest.mark.parametrize("leaf", [1, "a", None, {1}, range(3), {}.keys(), Plain()])
def test_everything_else_is_a_leaf(leaf):
    assert tree_nodes.kind_of(leaf) is None
    assert tree_nodes.rebuild(leaf, str) is leaf


def test_named_tuples_and_registered_classes():
    assert tree_nodes.kind_of(Point(1, 2)) is Point
    assert tree_nodes.kind_of(Marked()) is dict


def test_keys_of_several_types_are_ordered_by_type():
    assert tree_nodes.keys_of({"a": 1, 1: 2, "A": 3}) == [1, "A", "a"]


def test_rebuild_keeps_kind_and_order():
    counts = defaultdict(int, {"b": 1, "a": 2})
    rebuilt = tree_nodes.rebuild(counts, lambda x: -x)
    assert list(rebuilt.items()) == [("b", -1), ("a", -2)]
    assert rebuilt["new"] == 0
    bounded = tree_nodes.rebuild(deque([1, 2], maxlen=2), lambda x: -x)
    assert bounded == deque([-1, -2])
    assert bounded.maxlen == 2
    assert tree_nodes.rebuild(Point(1, 2), lambda x: -x) == Point(-1, -2)
    ordered = tree_nodes.rebuild(OrderedDict(b=1, a=2), lambda x: -x)
    assert type(ordered) is OrderedDict
    assert list(ordered) == ["b", "a"]


def test_rebuild_visits_sorted_keys():
    seen = []
    tree_nodes.rebuild({"b": 1, "a": 2}, seen.append)
    assert seen == [2, 1]


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        ([1], (1,), r"expected \[1\] of type list. Received: \(1,\) of type tuple"),
        ([1], 5, "Received: 5 of type int"),
        ({"a": 1}, {"b": 1}, r"missing: \['a'\], unexpected: \['b'\]"),
        ([1, 2], [1], "expected a list of length 2. Received: length 1"),
        (Point(1, 2), Other(1, 2), "of type Point. Received: .* of type Other"),
        (Point(1, 2), (1, 2), "of type Point. Received: .* of type tuple"),
    ],
)
def test_nodes_that_differ(a, b, message):
    with pytest.raises(ArgumentError, match=message):
        tree_nodes.check_same_node(a, b)


def test_all_dicts_count_as_one():
    tree_nodes.check_same_node({"a": 1}, OrderedDict(a=2))
    tree_nodes.check_same_node(defaultdict(int, a=1), Marked(a=2))
