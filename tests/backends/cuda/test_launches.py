"""What stands on a reduction shares its launch only where the same threads have it."""

import pytest

from kerasish.backends.cuda.launches import launches_of
from kerasish.backends.llvm.nodes import program_of
from tests.backends.llvm.chain_builder import ChainBuilder


def made_of(builder, *outputs):
    """Returns launches as (kind, how much in each pass, how much after)."""
    launches, needed = launches_of(program_of(builder.chain(*outputs)))
    rows = [(x.kind, [len(p) for p in x.passes], len(x.after)) for x in launches]
    return rows, {place: len(nodes) for place, nodes in needed.items()}


def test_element_wise_outputs_of_one_size_share_a_launch():
    b = ChainBuilder()
    x, y = b.input(4, 5), b.input(1, 5)
    one = b.call("exp", x)
    rows, needed = made_of(b, one, b.call("add", one, y), b.call("negative", y))
    assert rows == [("flat", [2], 0), ("flat", [1], 0)]
    assert needed == {}


def test_a_softmax_is_three_passes_over_each_row():
    b = ChainBuilder()
    x = b.input(40, 50)
    rows, needed = made_of(b, b.call("_softmax", x, axis=(1,)))
    assert rows == [("rows", [1, 1, 1], 0)]
    assert needed == {}


def test_what_is_known_of_a_row_is_written_after_it():
    b = ChainBuilder()
    x = b.input(40, 50)
    rows, _ = made_of(b, b.reduce("mean", x, 1), b.call("negative", x))
    assert rows == [("rows", [2], 1)]


def test_what_stands_on_a_long_row_that_blocks_share_comes_later():
    b = ChainBuilder()
    x = b.input(2, 20_000)
    rows, needed = made_of(b, b.call("_softmax", x, axis=(1,)))
    assert rows == [("rows", [1], 0), ("rows", [1], 0), ("flat", [1], 0)]
    assert needed == {0: 1, 1: 1}


def test_columns_come_after_the_rows_that_they_need():
    b = ChainBuilder()
    x = b.input(40, 50)
    away = b.call("subtract", x, b.reduce("_max", x, 1))
    rows, needed = made_of(b, away, b.reduce("sum", away, 0))
    assert rows == [("rows", [1, 1], 0), ("columns", [1], 1)]
    assert needed == {0: 1}


def test_a_gradient_is_written_while_its_columns_are_summed():
    b = ChainBuilder()
    g, y = b.input(40, 50), b.input(40, 50)
    masked = b.call("multiply", g, y)
    rows, _ = made_of(b, masked, b.reduce("sum", masked, 0))
    assert rows == [("columns", [2], 1)]


@pytest.mark.parametrize("axis", [0, 1])
def test_reductions_of_the_kept_axes_are_done_in_turn(axis):
    b = ChainBuilder()
    x = b.input(4, 5, 6)
    bias = b.input(1, 5, 1)  # keeps the axes from being one
    y = b.call("add", x, bias)
    rows, _ = made_of(b, b.reduce("sum", y, axis, 2))
    assert rows[0] == ("rows", [1], 0)
    assert len(rows) == 2
