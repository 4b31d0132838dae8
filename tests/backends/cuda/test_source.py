"""How work is shared among threads and blocks."""

import pytest

from kerasish.backends.cuda.chain import compile_chain
from kerasish.backends.cuda.layouts import layout_of
from kerasish.backends.cuda.source import write
from tests.backends.llvm.chain_builder import ChainBuilder


def kernels_of(builder, *outputs):
    kernel = compile_chain(builder.chain(*outputs))
    program, layouts = kernel.program, {}
    for place, i in enumerate(program.inputs):
        slot = kernel.chain.slots[i]
        axes = tuple(a for a, n in enumerate(program.sizes) if n in slot.shape)
        layouts["input", place] = layout_of(program.sizes, axes, slot.dtype)
    for place, (node, memory) in enumerate(program.outputs):
        layouts["output", place] = layout_of(program.sizes, memory, node.dtype)
    return [
        write(program, launch, layouts, kernel.needed.get(i, set()), ())
        for i, launch in enumerate(kernel.launches)
    ]


@pytest.mark.parametrize(
    ("shape", "team", "grid"),
    [
        ((1000, 10), 8, (32, 1)),  # eight threads a row, two elements each
        ((1000, 128), 32, (125, 1)),
        ((1000, 4096), 256, (1000, 1)),
        ((2, 40_000), 256, (2, 10)),  # blocks share a row
    ],
)
def test_threads_of_a_row(shape, team, grid):
    b = ChainBuilder()
    [made] = kernels_of(b, b.reduce("sum", b.input(*shape), 1))
    assert f"threadIdx.x % {team};" in made.text
    assert (made.grid, made.block) == (grid, (256, 1))


@pytest.mark.parametrize(
    ("shape", "grid", "across"),
    [((65536, 64), (1, 512), 16), ((100, 1000), (8, 4), 32), ((32, 10), (1, 1), 8)],
)
def test_blocks_share_the_rows_of_columns(shape, grid, across):
    b = ChainBuilder()
    [made] = kernels_of(b, b.reduce("sum", b.input(*shape), 0))
    assert (made.grid[0], made.block) == (grid[0], (256, 1))
    assert f"column = threadIdx.x % {across}, row" in made.text
    assert made.grid[1] <= 1024
    assert (made.grid[1] > 1) is (grid[1] > 1)
    assert ("is_last" in made.text) is (made.grid[1] > 1)


def test_parts_of_places_take_two_words():
    b = ChainBuilder()
    x = b.input(1, 50_000)
    place = b.call("_argmin", x, shape=(1, 1), dtype="int32", axis=1, keepdims=True)
    [made] = kernels_of(b, place)
    [part] = [a for a in made.arguments if a.role == "part"]
    assert (part.size, part.dtype) == (2 * made.grid[1], "int64")


def test_a_kernel_that_reduces_nothing_has_no_accumulator():
    b = ChainBuilder()
    [made] = kernels_of(b, b.call("negative", b.input(4)))
    assert "start" not in made.text
