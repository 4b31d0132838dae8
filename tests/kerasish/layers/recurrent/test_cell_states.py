"""States of cells: their shapes, how they are checked and shown."""

import numpy as np
import pytest

from kerasish import layers, ops
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.layers.recurrent.cell_states import (
    build_cell,
    checked_states,
    first_states,
    output_shape,
    shown_states,
    state_shapes,
)


class Bare:
    """A cell with the least that a cell needs."""

    def __init__(self, state_size):
        self.state_size = state_size

    def call(self, inputs, states):
        return inputs, states


class Own(Bare):
    def get_initial_state(self, batch_size):
        return ops.ones((batch_size, 2, 3))


STACK = layers.StackedRNNCells([layers.LSTMCell(2), layers.GRUCell(3)])


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (Bare(3), [(None, 3)]),
        (Bare([3, 4]), [(None, 3), (None, 4)]),
        (Bare((3, 4)), [(None, 3), (None, 4)]),
        (Bare([(3, 4)]), [(None, 3, 4)]),
        (Own(3), [(None, 2, 3)]),
        (layers.LSTMCell(2), [(None, 2), (None, 2)]),
        (STACK, [[(None, 2), (None, 2)], [(None, 3)]]),
    ],
)
def test_shapes(cell, expected):
    assert state_shapes(cell, None) == expected
    assert [x.shape[0] for x in ops_leaves(first_states(cell, 5))] == [5] * len(
        ops_leaves(expected)
    )


def ops_leaves(x):
    nested = isinstance(x, list)
    return [leaf for part in x for leaf in ops_leaves(part)] if nested else [x]


def test_a_cell_may_choose_its_first_states():
    assert np.all(np.asarray(first_states(Own(3), 2)[0]) == 1.0)


def test_shape_of_the_output():
    assert output_shape(Bare(3), state_shapes(Bare(3), 2)) == (3,)
    assert output_shape(STACK, state_shapes(STACK, 2)) == (3,)
    cell = Bare(3)
    for size, expected in ((7, (7,)), ((2, 3), (2, 3))):
        cell.output_size = size
        assert output_shape(cell, [(2, 3)]) == expected
    del cell.output_size
    assert output_shape(cell, [[(2, 4)], (2, 3)]) == (4,)


def test_states_as_users_see_them():
    assert shown_states(Bare(3), ["h"]) == ["h"]
    assert shown_states(STACK, [["h", "c"], ["g"]]) == [["h", "c"], "g"]
    assert shown_states(Bare(3), ["h", "more"]) == ["h", "more"]


def test_checked_states():
    layer = layers.RNN(STACK, name="stack")
    h, g = np.ones((4, 2)), np.ones((4, 3))
    assert checked_states(layer, [h, h, g], 4) == [[h, h], [g]]
    assert checked_states(layer, [(4, 2), (4, 2), (4, 3)], None, True) == [
        [(4, 2), (4, 2)],
        [(4, 3)],
    ]
    with pytest.raises(ArgumentError, match="of RNN 'stack' must hold 3 tensors"):
        checked_states(layer, [h, g], 4)
    with pytest.raises(ShapeError, match=r"Received: \[\(4, 2\), \(4, 2\), \(4, 2\)"):
        checked_states(layer, [h, h, h], 4)
    with pytest.raises(ShapeError, match=r"Received: \[\(4,\)"):
        checked_states(layer, [(4,), (4, 2), (4, 3)], 4, True)


def test_building_a_cell():
    cell = layers.GRUCell(3)
    assert build_cell(cell, (None, 5)) == (None, 3)
    assert cell.built
    kernel = cell.kernel
    assert build_cell(cell, (None, 5)) == (None, 3)
    assert cell.kernel is kernel
    assert build_cell(Bare(4), (2, 5)) == (2, 4)
