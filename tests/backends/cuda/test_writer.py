"""How many lanes a kernel has, and where it finds elements."""

import pytest

from kerasish.backends.cuda.launches import launches_of
from kerasish.backends.cuda.layouts import layout_of
from kerasish.backends.cuda.source import write
from kerasish.backends.llvm.nodes import program_of
from tests.backends.llvm.chain_builder import ChainBuilder


def kernel_of(builder, *outputs, layouts=None):
    chain = builder.chain(*outputs)
    program = program_of(chain)
    [launch] = launches_of(program)[0]
    found = {}
    for place, (node, memory) in enumerate(program.outputs):
        found["output", place] = layout_of(program.sizes, memory, node.dtype)
        for x in node.args:
            found["input", x.detail] = layout_of(program.sizes, x.memory, x.dtype)
    return write(program, launch, {**found, **(layouts or {})}, set(), ())


@pytest.mark.parametrize(
    ("dtype", "size", "lanes"),
    [
        ("float32", 1000, 4),
        ("bfloat16", 1000, 8),
        ("float64", 1000, 2),
        ("float32", 1003, 4),  # the last lanes may be empty
        ("float32", 3, 1),
    ],
)
def test_lanes_of_flat_arrays(dtype, size, lanes):
    b = ChainBuilder()
    made = kernel_of(b, b.call("negative", b.input(size, dtype=dtype)))
    assert f"LANES = {lanes};" in made.text
    assert made.grid == (-(-size // (256 * lanes)), 1)


@pytest.mark.parametrize(("size", "lanes"), [(12, 4), (10, 2), (7, 1)])
def test_lanes_stay_in_their_row(size, lanes):
    b = ChainBuilder()
    x, y = b.input(30, size), b.input(30, 1)
    made = kernel_of(b, b.call("add", x, y))
    assert f"LANES = {lanes};" in made.text


def test_places_of_large_arrays_have_64_bits():
    b = ChainBuilder()
    made = kernel_of(b, b.call("negative", b.input(2**31)))
    assert "const int64 t" in made.text
    assert made.grid == (2**31 // 1024, 1)


def test_phases_tell_what_is_read_and_written():
    b = ChainBuilder()
    made = kernel_of(b, b.call("negative", b.input(8)))
    assert made.reads == (frozenset({0}),)
    assert made.writes == {0: 0}
    assert [a.role for a in made.arguments] == ["input", "output"]
