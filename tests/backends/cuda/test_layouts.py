"""Where elements lie, and what memory kernels are given."""

import pytest

from kerasish.backends.cuda.layouts import (
    Argument,
    Layout,
    extent_of,
    layout_of,
    shared,
    width_of,
)


def test_layouts_in_order():
    made = layout_of((4, 5, 6), (0, 2), "float32")
    assert made == Layout((0, 2), (6, 1), "float32")
    assert [made.along(a) for a in (0, 1, 2, None)] == [6, 0, 1, 0]


def test_layouts_of_rows_that_lie_apart():
    made = layout_of((4, 5, 6), (0, 1, 2), "int8", rows=2, pitch=10)
    assert made.strides == (50, 10, 1)


def test_extents():
    assert extent_of((4, 5, 6), layout_of((4, 5, 6), (0, 2), "float32")) == 24
    assert extent_of((4, 5), layout_of((4, 5), (0, 1), "int8", 1, 10)) == 35
    assert extent_of((), Layout((), (), "bool")) == 1


@pytest.mark.parametrize(
    ("dtype", "width"),
    [("bool", 1), ("uint8", 1), ("bfloat16", 2), ("float16", 2), ("int64", 8)],
)
def test_widths(dtype, width):
    assert width_of(dtype) == width


def test_memory_of_results_is_made():
    layout = layout_of((4, 5), (0, 1), "float32")
    assert shared("input", 3, layout, (4, 5)) == Argument("input", 3)
    assert shared("result", 3, layout, (4, 5)) == Argument("result", 3, 20, "float32")
