"""Small launches become the end of the one before them, and compute the same."""

import numpy as np
import pytest

from kerasish.backends.cuda import device, lower_chain, modules
from kerasish.backends.cuda.joining import MOST_PIECES, Joined, join
from kerasish.backends.cuda.kernels import bind, bind_turning
from kerasish.backends.cuda.modules import Launching
from kerasish.backends.cuda.prelude import PRELUDE
from tests.backends.cuda import emulation, nvrtc
from tests.backends.llvm.chain_builder import ChainBuilder


@pytest.fixture
def emulated(monkeypatch):
    return emulation.install(monkeypatch)


def counting(x, count=None):
    """Returns a step that adds one to elements, many of them in several blocks."""
    return bind(count or x.size, [("x", x)], "x[t] += 1;\n")


def normalized(rows=700, columns=12):
    """Returns steps that subtract the mean of columns, with arrays to look at."""
    x = emulation.array(np.random.default_rng(0).normal(size=(rows, columns)))
    mean, y = (emulation.empty(s, "float64") for s in ((1, columns), x.shape))
    b = ChainBuilder()
    first = b.reduce("sum", b.input(*x.shape, dtype="float64"), 0)
    step = lower_chain(b.chain(first), [x], [mean])
    b = ChainBuilder()
    factor = b.constant(1 / rows, 1, 1, dtype="float64")
    second = b.call("multiply", b.input(1, columns, dtype="float64"), factor)
    scaled = lower_chain(b.chain(second), [mean], [mean])
    b = ChainBuilder()
    given = [b.input(*s, dtype="float64") for s in (x.shape, mean.shape)]
    chain = b.chain(b.call("subtract", *given, shape=x.shape))
    return [step, scaled, lower_chain(chain, [x, mean], [y])], x, y


@emulation.needs_compiler
def test_small_launches_end_the_one_before_them(emulated):
    steps, x, y = normalized()
    made, names = join(steps, ["sum", "mean", "subtract"])
    assert names == ["sum", "subtract"]
    assert [type(step) for step in made] == [Joined, Launching]
    assert made[0].pieces[0].grid != (1, 1)  # so blocks count themselves
    for _ in range(2):  # the counter is zero again
        for step in made:
            step()
        np.testing.assert_allclose(y, x - x.mean(0), atol=1e-12)
    wanted = [f for f in modules._known.values() if f.is_wanted]
    assert len(wanted) == 2 and all(f.made for f in wanted)


@emulation.needs_compiler
def test_pieces_see_what_those_before_them_wrote(emulated):
    x = emulation.array(np.zeros(500), "int32")
    b = ChainBuilder()
    total = b.reduce("sum", b.input(500, dtype="int32"), 0)
    sums = [emulation.empty((1,), "int32") for _ in range(2)]
    steps = [counting(x), None, counting(x, 300), None]
    for i, to in zip((1, 3), sums, strict=True):
        steps[i] = lower_chain(b.chain(total), [x], [to])
    [step], [name] = join([device.in_turn(*steps)], ["steps"])
    step()
    assert (sums[0][0], sums[1][0], name) == (500, 800, "steps")


def kinds(steps):
    made, _ = join(steps, ["step"] * len(steps))
    return [len(s.pieces) if isinstance(s, Joined) else 1 for s in made]


def test_what_is_joined(emulated):
    small, large = (emulation.empty(n, "int32") for n in (500, 600))
    huge = emulation.empty(300_000, "int32")
    turning = bind_turning(*(emulation.empty(s, "int32") for s in ((3, 5), (5, 3))))

    def other():
        pass

    assert kinds([counting(large), counting(small), counting(small)]) == [3]
    assert kinds([counting(small), counting(large)]) == [1, 1]
    assert kinds([counting(huge), counting(small)]) == [1, 1]
    assert kinds([counting(small), other, counting(small)]) == [1, 1, 1]
    assert kinds([turning, counting(small)]) == [1, 1]
    assert kinds([counting(small)] * (MOST_PIECES + 1)) == [MOST_PIECES, 1]
    assert kinds([]) == []


def test_what_is_launched_alone_too_is_compiled(emulated):
    x = emulation.empty(500, "int32")
    one, two = counting(x), counting(x)
    join([one, two], ["a", "b"])
    assert not one.function.is_wanted
    join([one], ["a"])
    assert one.function.is_wanted
    join([one, two, print, one], ["a", "b", "c", "d"])
    assert one.function.is_wanted


@emulation.needs_compiler
def test_launches_that_the_compiler_refuses_together_run_one_by_one(emulated):
    x = emulation.array(np.zeros(500), "int32")
    [step], _ = join([counting(x), counting(x)], ["a", "b"])
    step._whole.function.error = ValueError("too much shared memory")
    step()
    assert x.tolist() == [2] * 500


@pytest.mark.parametrize("architecture", nvrtc.ARCHITECTURES)
def test_they_compile_for_a_gpu(emulated, architecture):
    steps, *_ = normalized()
    join([*steps, *steps[:2]], ["step"] * 5)
    texts = [f.text for f in modules._known.values() if f.is_wanted]
    assert len(texts) == 2
    nvrtc.check("\n".join([PRELUDE, *texts]), architecture)
