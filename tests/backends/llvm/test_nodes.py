"""Chains as nodes: shapes are gone, axes and the order of memory are left."""

import pytest

from kerasish.backends.llvm.axes import Misfit
from kerasish.backends.llvm.nodes import DEAR, REDUCTIONS, program_of
from tests.backends.llvm.chain_builder import ChainBuilder


def nodes(program):
    """Returns all nodes of a program by number."""
    found, stack = {}, [node for node, _ in program.outputs]
    while stack:
        node = stack.pop()
        found[node.number] = node
        stack.extend(node.args)
    return [found[i] for i in sorted(found)]


def names(program):
    return [node.name or node.kind for node in nodes(program)]


def test_an_element_wise_chain_is_one_loop():
    b = ChainBuilder()
    x, y = b.input(4, 5, 6), b.input(4, 5, 6)
    out = b.call("multiply", b.call("add", x, y), b.constant(2.0))
    program = program_of(b.chain(out))
    assert program.sizes == (120,)
    assert program.inputs == (x, y)
    assert program.constants == ((2.0, "float32"),)
    [(node, memory)] = program.outputs
    assert (node.name, node.axes, memory) == ("multiply", (0,), (0,))


def test_a_row_that_is_added_makes_two():
    b = ChainBuilder()
    x, row = b.input(4, 5, 6), b.input(1, 1, 6)
    program = program_of(b.chain(b.call("add", x, row)))
    assert program.sizes == (20, 6)
    assert [n.axes for n in nodes(program)] == [(0, 1), (1,), (0, 1)]


def test_what_only_renames_elements_disappears():
    b = ChainBuilder()
    x = b.input(4, 6)
    moved = b.call("_transpose", x, shape=(6, 4), axes=(1, 0))
    flat = b.call("_reshape", moved, shape=(24,))
    wide = b.call("broadcast_to", flat, shape=(3, 24))
    program = program_of(b.chain(b.call("negative", wide)))
    assert names(program) == ["input", "negative"]
    negative = nodes(program)[1]
    assert len(negative.axes) == 2  # it does not vary along the third
    assert program.outputs[0][1] != negative.axes
    assert sorted(program.sizes) == [3, 4, 6]


def test_a_cast_to_the_same_dtype_disappears():
    b = ChainBuilder()
    x = b.input(4)
    same = b.call("cast_to", x, dtype="float32")
    wide = b.call("cast_to", same, dtype="float64")
    assert names(program_of(b.chain(wide))) == ["input", "cast_to"]


def test_like_takes_the_second_operands_elements():
    b = ChainBuilder()
    x, one = b.input(4, 5), b.constant(1.0)
    out = b.call("_like", x, one, shape=(4, 5))
    assert names(program_of(b.chain(out))) == ["constant"]


def test_reductions_are_cut_to_one_axis_each_from_the_inside():
    b = ChainBuilder()
    x, row = b.input(4, 5, 6), b.input(1, 5, 1)
    y = b.call("add", x, row)
    program = program_of(b.chain(b.reduce("sum", y, 0, 2)))
    assert program.sizes == (4, 5, 6)
    sums = [n for n in nodes(program) if n.kind == "reduce"]
    assert [(n.detail, n.axes) for n in sums] == [(2, (0, 1)), (0, (1,))]


def test_sums_of_what_does_not_vary_are_products():
    b = ChainBuilder()
    wide = b.call("broadcast_to", b.input(1, 5), shape=(4, 5))
    b.slots.append(b.slots[wide])
    program = program_of(b.chain(b.reduce("sum", wide, 0)))
    assert names(program) == ["input", "count", "multiply"]
    highest = b.reduce("_max", wide, 0)
    assert names(program_of(b.chain(highest))) == ["input"]


def test_means_divide_by_the_count():
    b = ChainBuilder()
    program = program_of(b.chain(b.reduce("mean", b.input(4, 5), 1)))
    assert names(program) == ["input", "sum", "count", "divide"]
    assert nodes(program)[2].detail == (1,)


@pytest.mark.parametrize("name", ["sum", "mean", "var", "_softmax", "_log_softmax"])
def test_half_precision_is_reduced_in_float32(name):
    b = ChainBuilder()
    x = b.input(4, 5, dtype="float16")
    if "softmax" in name:
        out = b.call(name, x, axis=(1,))
    else:
        out = b.reduce(name, x, 1)
    made = nodes(program_of(b.chain(out)))
    assert {n.dtype for n in made if n.kind == "reduce"} == {"float32"}
    assert made[-1].dtype == "float16"


def test_extremes_stay_in_half_precision():
    b = ChainBuilder()
    out = b.reduce("_max", b.input(4, 5, dtype="float16"), 1)
    assert {n.dtype for n in nodes(program_of(b.chain(out)))} == {"float16"}


def test_softmax_and_its_logarithm():
    b = ChainBuilder()
    x = b.input(4, 5)
    soft = program_of(b.chain(b.call("_softmax", x, axis=(1,))))
    assert names(soft) == ["input", "max", "subtract", "exp", "sum", "divide"]
    b = ChainBuilder()
    x = b.input(4, 5)
    log = program_of(b.chain(b.call("_log_softmax", x, axis=(1,))))
    assert names(log)[-2:] == ["log", "subtract"]
    assert nodes(log)[-1].cost >= 2 * DEAR > DEAR > nodes(log)[0].cost


def test_places_of_extremes():
    b = ChainBuilder()
    x = b.input(4, 5)
    out = b.call("_argmax", x, shape=(4,), dtype="int32", axis=1)
    node = nodes(program_of(b.chain(out)))[-1]
    assert (node.name, node.dtype, node.detail) == ("argmax", "int32", 1)
    b = ChainBuilder()
    out = b.call("_argmin", b.input(4, 1), shape=(4,), dtype="int32", axis=1)
    assert program_of(b.chain(out)).constants == ((0, "int32"),)


def test_random_bits_are_drawn_before():
    b = ChainBuilder()
    x, key = b.input(4, 5), b.input(2, dtype="uint64")
    out = b.call(
        "_dropout", x, key, shape=(4, 5), dtype="float32", rate=0.5, noise_shape=(4, 1)
    )
    program = program_of(b.chain(out))
    assert [(d.slot, d.words) for d in program.draws] == [(key, 4)]
    assert program.inputs[0] == x
    assert program.constants == ((2**31, "uint32"), (2.0, "float32"))
    bits = next(n for n in nodes(program) if n.kind == "bits")
    assert bits.axes == (0,)


def test_uniform_numbers_have_24_bits():
    b = ChainBuilder()
    key = b.input(2, dtype="uint64")
    out = b.call("_uniform", key, shape=(3, 4), dtype="float32")
    program = program_of(b.chain(out))
    assert program.draws[0].words == 12
    assert program.constants == ((8, "uint32"), (2.0**-24, "float32"))


def misfits():
    b = ChainBuilder()
    yield "nothing", b.chain(b.call("add", b.input(0, 3), b.input(0, 3)))
    b = ChainBuilder()
    x = b.input(6, 4)
    other = b.call("_reshape", x, shape=(4, 6))
    turned = b.call("_transpose", other, shape=(6, 4), axes=(1, 0))
    yield "an axis along two", b.chain(b.call("add", x, turned))
    b = ChainBuilder()
    x = b.input(4, 4)
    turned = b.call("_transpose", x, shape=(4, 4), axes=(1, 0))
    yield "a transpose of itself", b.chain(b.call("add", x, turned))
    b = ChainBuilder()
    x = b.input(4, 6)
    yield "sizes that are no multiples", b.chain(b.call("_reshape", x, shape=(6, 4)))
    b = ChainBuilder()
    x = b.input(4, 5, 6)
    out = b.call("_argmax", x, shape=(4, 6), dtype="int32", axis=1)
    yield "not innermost", b.chain(out)
    b = ChainBuilder()
    x, row = b.input(4, 5, 6), b.input(1, 1, 6)
    whole = b.call("add", x, row)
    flat = b.call("_reshape", whole, shape=(4, 30))
    yield (
        "over two",
        b.chain(b.call("_argmax", flat, shape=(4,), dtype="int32", axis=1)),
    )


MISFITS = dict(misfits())


@pytest.mark.parametrize("why", MISFITS)
def test_misfits(why):
    with pytest.raises(Misfit):
        program_of(MISFITS[why])


def test_reductions_have_names():
    assert set(REDUCTIONS.values()) == {
        *("log_softmax", "softmax", "max", "min", "sum", "mean", "var"),
        *("argmax", "argmin"),
    }
