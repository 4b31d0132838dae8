"""Sources have the loops that they need, and say what binding must know."""

import re

import numpy as np
import pytest

from kerasish.backends.llvm import chain as chains
from kerasish.backends.llvm.nodes import program_of
from kerasish.backends.llvm.source import write
from tests.backends.llvm import interpreter
from tests.backends.llvm.chain_builder import ChainBuilder


def source_of(builder, *outputs, flushed=()):
    return write(program_of(builder.chain(*outputs)), flushed)


def loops(source):
    return len(re.findall(r"^loop\d+:", source.text, re.MULTILINE))


def softmax(rows, columns):
    b = ChainBuilder()
    return source_of(b, b.call("_softmax", b.input(rows, columns), axis=(1,)))


def test_an_element_wise_chain_is_one_loop_without_branches():
    b = ChainBuilder()
    x, y = b.input(4, 5), b.input(4, 5)
    source = source_of(b, b.call("tanh", b.call("add", x, y)))
    assert loops(source) == 1
    assert len(re.findall(r"\bbr i1", source.text)) == 1
    assert source.scratch == ()
    assert source.hazards == frozenset()
    assert source.divisible
    assert "llvm.loop.parallel_accesses" in source.text


def test_a_softmax_keeps_its_exponentials_for_one_row():
    source = softmax(32, 10)
    assert loops(source) == 4
    assert [s.axes for s in source.scratch] == [(1,)]
    assert source.divisible


def test_the_text_does_not_depend_on_the_size_of_the_first_axis():
    assert softmax(32, 10).text == softmax(7, 10).text
    assert softmax(32, 10).text != softmax(32, 11).text


def test_long_sums_are_cut_into_blocks():
    def sums(rows, columns):
        b = ChainBuilder()
        return source_of(b, b.reduce("sum", b.input(rows, columns), 1))

    assert "block" not in sums(4, 2048).text
    assert "block" in sums(4, 2049).text
    b = ChainBuilder()
    assert "block" in source_of(b, b.reduce("sum", b.input(10), 0)).text
    b = ChainBuilder()
    assert "block" not in source_of(b, b.reduce("_max", b.input(10), 0)).text


def test_only_sums_are_reordered():
    b = ChainBuilder()
    x = b.input(4, 5)
    source = source_of(b, b.reduce("sum", b.call("square", x), 1))
    assert source.text.count("reassoc") == 1


def test_reductions_over_the_first_axis_cannot_be_divided():
    b = ChainBuilder()
    assert not source_of(b, b.reduce("sum", b.input(4, 5), 0)).divisible
    b = ChainBuilder()
    x = b.input(1, 1)
    assert not source_of(b, b.call("negative", x)).divisible


def test_an_output_in_an_inputs_memory_that_is_read_later_is_a_hazard():
    b = ChainBuilder()
    x = b.input(4, 5)
    e = b.call("exp", x)
    total = b.reduce("sum", e, 1)
    source = source_of(b, e, b.call("add", x, total))
    assert source.hazards == {(0, 0)}


def test_denormal_outputs_become_zero_where_wanted(monkeypatch, tmp_path):
    monkeypatch.setenv("KERASISH_CACHE", str(tmp_path))
    interpreter.install(monkeypatch)
    for dtype, least in (
        ("float32", 2.0**-126),
        ("float64", 2.0**-1022),
        ("float16", 2.0**-14),
    ):
        b = ChainBuilder()
        x = b.input(4, dtype=dtype)
        out, same = b.call("negative", x), b.call("_stop_gradient", x)
        chain = b.chain(out, same, flushed=(out,))
        given = np.array([least, least / 2, -least / 4, 3], dtype)
        made = [np.empty(4, dtype), np.empty(4, dtype)]
        chains.compile_chain(chain).bind([given], made)()
        assert made[0].tolist() == [-least, 0, 0, -3]
        assert made[1].tolist() == given.tolist()


def test_integers_are_not_flushed():
    b = ChainBuilder()
    out = b.call("negative", b.input(4, dtype="int32"))
    assert source_of(b, out).text == source_of(b, out, flushed=(0,)).text


@pytest.mark.parametrize("dtype", ["float32", "bool"])
def test_scalars_need_no_loop(dtype):
    b = ChainBuilder()
    x = b.input(1, 1, dtype=dtype)
    source = source_of(b, b.call("maximum", x, x))
    assert loops(source) == 0


def test_short_loops_of_whole_vectors_are_unrolled_after_they_are_vectors():
    def hinted(columns):
        b = ChainBuilder()
        return (
            "unroll.disable"
            in source_of(b, b.reduce("sum", b.input(99, columns), 0)).text
        )

    assert hinted(16) and hinted(128)
    assert not hinted(10) and not hinted(256)
