"""Axes of values are the same as far as shapes and calls say so."""

import numpy as np
import pytest

from kerasish.backends.llvm.axes import Axes, Axis, Misfit, reduced_axes, tie


def sizes(axes):
    return [axis.size for axis in axes]


def merged(axes):
    """Returns the sizes of each value's groups."""
    return {v: [sizes(g) for g in groups] for v, groups in axes.merged().items()}


def test_axes_of_one_step_vanish():
    axes = Axes()
    axes.add(0, (1, 3, 1))
    assert sizes(axes.of(0)) == [3]
    assert axes.dim(0, 0) == []


def test_a_tie_makes_two_axes_one():
    a, b = Axis(6), Axis(6)
    tie([a], [b])
    assert a.atoms() == b.atoms() == [b]
    tie([a], [b])
    assert a.atoms() == [b]


def test_a_tie_splits_the_larger_axis():
    a, parts = Axis(12), [Axis(3), Axis(4)]
    tie([a], parts)
    assert a.atoms() == [atom for part in parts for atom in part.atoms()]
    assert sizes(a.atoms()) == [3, 4]
    other = [Axis(3), Axis(2), Axis(2)]
    tie([a], other)
    assert sizes(parts[1].atoms()) == [2, 2]


@pytest.mark.parametrize(
    ("one", "two"), [([6], [2, 2]), ([2, 3], [3, 2]), ([6, 4], [4, 6])]
)
def test_misfits(one, two):
    with pytest.raises(Misfit):
        tie([Axis(n) for n in one], [Axis(n) for n in two])


def test_element_wise_values_have_one_axis():
    axes = Axes()
    for value in (0, 1, 2):
        axes.add(value, (4, 5, 6))
    axes.broadcast(0, 2)
    axes.broadcast(1, 2)
    assert merged(axes) == {0: [[4, 5, 6]], 1: [[4, 5, 6]], 2: [[4, 5, 6]]}
    groups = axes.merged()
    assert groups[0] == groups[1] == groups[2]


def test_broadcasting_keeps_apart_what_one_operand_lacks():
    axes = Axes()
    axes.add(0, (4, 1, 6))
    axes.add(1, (6,))
    axes.add(2, (4, 5, 6))
    axes.broadcast(0, 2)
    axes.broadcast(1, 2)
    assert merged(axes) == {0: [[4], [6]], 1: [[6]], 2: [[4], [5], [6]]}
    assert axes.dim(1, 0) == axes.dim(2, 2)


def test_reshapes_tie_all_axes_in_order():
    axes = Axes()
    axes.add(0, (4, 15))
    axes.add(1, (2, 2, 3, 5))
    axes.reshape(0, 1)
    assert axes.of(0) == axes.of(1)
    assert sizes(axes.of(0)) == [2, 2, 3, 5]
    assert merged(axes)[0] == [[2, 2, 3, 5]]


def test_a_transpose_maps_dimensions():
    axes = Axes()
    axes.add(0, (4, 5, 6))
    axes.add(1, (6, 4, 5))
    axes.map(0, 1, (2, 0, 1))
    assert axes.of(1) == [axes.of(0)[2], *axes.of(0)[:2]]
    assert merged(axes) == {0: [[4, 5], [6]], 1: [[6], [4, 5]]}


@pytest.mark.parametrize(
    ("static", "shape", "expected"),
    [
        ({"axis": None}, (2, 3), (0, 1)),
        ({}, (2, 3), (0, 1)),
        ({"axis": -1}, (2, 3), (1,)),
        ({"axis": (1, -3)}, (2, 3, 4), (0, 1)),
        ({"axis": ()}, (2, 3), ()),
        ({"shape": (3,)}, (2, 3), (0,)),
        ({"shape": (1, 3)}, (2, 3), (0,)),
        ({"shape": (1, 3)}, (5, 2, 3), (0, 1)),
        ({"shape": (1, 1)}, (2, 1), (0,)),
        ({"shape": ()}, (2, 3), (0, 1)),
    ],
)
def test_reduced_axes(static, shape, expected):
    assert reduced_axes(static, shape) == expected
    if "axis" in static:
        kept = np.sum(np.zeros(shape), static["axis"]).shape
        assert kept == tuple(n for i, n in enumerate(shape) if i not in expected)
