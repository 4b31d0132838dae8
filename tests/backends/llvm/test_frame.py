"""Frames know where values are computed and what must not share memory."""

import pytest

from kerasish.backends.llvm.frame import Buffer, Frame, Scope
from kerasish.backends.llvm.nodes import program_of
from kerasish.backends.llvm.values import Value
from tests.backends.llvm.chain_builder import ChainBuilder


def frame_of(builder, *outputs):
    return Frame(program_of(builder.chain(*outputs)))


def opened(frame, *axes):
    """Opens loops over axes."""
    for axis in axes:
        scope = Scope(axis)
        scope.known["index"] = Value(frame.code, f"%i{axis}", "int64")
        frame.scopes.append(scope)
    frame.code.lines = frame.scopes[-1].lines


@pytest.fixture
def rows():
    """A frame of `exp(row) * 2 + x` and its output's node."""
    b = ChainBuilder()
    x, row = b.input(4, 5), b.input(1, 5)
    twice = b.call("multiply", b.call("exp", row), b.constant(2.0, 1, 1))
    frame = frame_of(b, b.call("add", x, twice))
    return frame, frame.program.outputs[0][0]


def test_values_are_computed_in_the_outermost_loop_where_they_can_be(rows):
    frame, node = rows
    opened(frame, 1, 0)  # rows inside, so that those of axis 1 are computed before
    frame.value(node)
    entry, outer, inner = (scope.lines for scope in frame.scopes)
    assert sum("load float" in line for line in inner) == 1
    assert sum("load float" in line for line in outer) == 1
    assert any("fptrunc double" in line for line in entry)  # the constant
    assert not any("call" in line for line in inner)


def test_values_are_computed_once(rows):
    frame, node = rows
    opened(frame, 0, 1)
    first = frame.value(node)
    count = len(frame.scopes[-1].lines)
    assert frame.value(node) is first
    assert len(frame.scopes[-1].lines) == count


def test_arguments_have_their_places(rows):
    frame, _ = rows
    # The range of the first axis, two sizes, a constant, then pointers.
    places = {"input": 5, "output": 7, "bits": 8, "scratch": 8}
    for kind, place in places.items():
        frame.pointer(kind, 0)
        assert f"i64 {place}" in frame.scopes[0].lines[-2] or kind == "scratch"
    count = len(frame.scopes[0].lines)
    frame.pointer("input", 0)
    assert len(frame.scopes[0].lines) == count


def test_only_the_size_of_the_first_axis_is_an_argument(rows):
    frame, _ = rows
    assert frame.size(1).name == "5"
    assert frame.size(0).name.startswith("%")


def test_offsets_are_computed_loop_by_loop(rows):
    frame, _ = rows
    opened(frame, 0, 1)
    buffer = Buffer("%p", (0, 1), "float32")
    frame.address(buffer)
    assert ["mul i64 %i0, 5" in line for line in frame.scopes[1].lines] == [True]
    assert "add i64" in frame.scopes[2].lines[0]
    # Along the other order the inner index is multiplied.
    frame.address(Buffer("%p", (1, 0), "float32"))
    assert any("mul i64 %i1" in line for line in frame.scopes[2].lines)


def test_a_scalar_lies_at_its_pointer(rows):
    frame, _ = rows
    frame.code.lines = frame.scopes[0].lines
    frame.address(Buffer("%p", (), "float64"))
    assert (
        frame.scopes[0]
        .lines[-1]
        .endswith("getelementptr inbounds double, ptr %p, i64 0")
    )


def test_scratch_memory_is_remembered(rows):
    frame, _ = rows
    frame.buffer((1,), "float32")
    second = frame.buffer((0, 1), "float64")
    assert [s.axes for s in frame.scratch] == [(1,), (0, 1)]
    assert second.memory == (0, 1)


def test_an_input_read_after_a_store_must_lie_apart():
    b = ChainBuilder()
    x, y = b.input(4), b.input(4)
    frame = frame_of(b, b.call("negative", x), b.call("subtract", x, y))
    opened(frame, 0)
    frame.value(frame.program.outputs[0][0])
    assert frame.hazards == set()
    frame.written.append(0)
    frame.value(frame.program.outputs[1][0])
    assert frame.hazards == {(0, 1)}


def test_an_input_in_another_order_must_lie_apart():
    b = ChainBuilder()
    x = b.input(5, 5)
    turned = b.call("_transpose", x, shape=(5, 5), axes=(1, 0))
    frame = frame_of(b, b.call("negative", turned))
    opened(frame, 0, 1)
    frame.value(frame.program.outputs[0][0])
    assert frame.hazards == {(0, 0)}


def test_counts_are_products_of_sizes():
    b = ChainBuilder()
    x, column = b.input(4, 5), b.input(4, 1)
    mean = b.reduce("mean", b.call("add", x, column), 0, 1)
    frame = frame_of(b, mean)
    divide = frame.program.outputs[0][0]
    frame.code.lines = frame.scopes[0].lines
    frame.value(divide.args[1])
    assert "sitofp i64" in frame.scopes[0].lines[-1]
    assert sum("mul i64" in line for line in frame.scopes[0].lines) == 2


def test_the_text_is_one_function(rows):
    frame, node = rows
    opened(frame, 0, 1)
    frame.value(node)
    lines = frame.text().splitlines()
    assert lines[0].startswith("define void @kernel(ptr noalias readonly %arguments)")
    assert "declare float @llvm.rint.f32(float)" in lines
