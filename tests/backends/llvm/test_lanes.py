"""Runs of steps on several threads compute what the steps compute one by one."""

import numpy as np
import pytest

from kerasish.backends import current
from kerasish.backends.llvm import chain as chains
from kerasish.backends.llvm import lanes
from kerasish.backends.llvm.chain import compile_chain, has_llvm, share_steps
from kerasish.backends.llvm.lanes import FEWEST, Extents, Rows, in_lanes
from kerasish.backends.llvm.team import team
from kerasish.backends.onednn import loading
from tests.backends.llvm.chain_builder import ChainBuilder

needs_threads = pytest.mark.skipif(
    not has_llvm() or team() is None, reason="needs llvmlite and oneDNN"
)
RNG = np.random.default_rng(0)


@pytest.fixture
def two(monkeypatch):
    """Lets the libraries have two threads, whatever the machine has."""
    pool = loading.threads()
    count = pool.get_num_threads()
    pool.set_num_threads(2)
    yield
    pool.set_num_threads(count)


class Row:
    """A step that copies rows of one array to another, or all that it is told to."""

    def __init__(self, reads, writes, rowwise=True):
        self.reads, self.writes, self.rowwise = reads, writes, rowwise

    def extents(self, rows):
        def part(start, stop):
            first, last = rows.of(stop - start)
            return start + first, start + last

        cut = part if self.rowwise else lambda *whole: whole
        return [cut(*e) for e in self.reads], [part(*e) for e in self.writes]

    def cut(self, rows, shared):
        return None


def runs(steps, monkeypatch, count=2):
    """Returns how many steps each run has; 1 for one that stays as it is."""
    monkeypatch.setattr(lanes, "FEWEST", 1)
    monkeypatch.setattr(lanes, "_together", lambda run, *how: len(run))
    made = in_lanes(steps, count, lambda source: 0)
    return [step if isinstance(step, int) else 1 for step in made]


def test_extents_are_sets_of_bytes():
    extents, held = Extents(), set()
    for _ in range(300):
        start = int(RNG.integers(0, 500))
        stop = start + int(RNG.integers(1, 20))
        assert extents.meets(start, stop) == bool(held & set(range(start, stop)))
        if RNG.random() < 0.3:
            extents.add(start, stop)
            held |= set(range(start, stop))
    starts, stops = np.array(extents._starts), np.array(extents._stops)
    assert (starts[1:] > stops[:-1]).all()


def test_shares_of_rows_cover_all():
    for size in (1, 7, 32):
        parts = [Rows(n, 3).of(size) for n in range(3)]
        assert parts[0][0] == 0
        assert parts[-1][1] == size
        assert all(a[1] == b[0] for a, b in zip(parts, parts[1:], strict=False))


def test_steps_on_rows_are_one_run(monkeypatch):
    steps = [
        Row([(n * 100, n * 100 + 64)], [(n * 100 + 100, n * 100 + 164)])
        for n in range(5)
    ]
    assert runs(steps, monkeypatch) == [5]


@pytest.mark.parametrize(
    "later",
    [
        Row([(100, 164)], [(300, 364)], rowwise=False),  # reads what the other wrote
        Row([(500, 564)], [(0, 32)]),  # writes over what the other reads
        Row([(500, 564)], [(132, 164)]),  # writes over what the other wrote
        Row([(90, 154)], [(300, 364)]),  # reads rows of the other
    ],
)
def test_a_run_ends_where_lanes_would_meet(monkeypatch, later):
    first = Row([(0, 64)], [(100, 164)])
    assert runs([first, later], monkeypatch) == [1, 1]


def test_what_all_lanes_read_does_not_end_a_run(monkeypatch):
    steps = [Row([(0, 64), (900, 910)], [(100, 164)]) for _ in range(2)]
    steps.append(Row([(900, 1000)], [(200, 264)], rowwise=False))
    assert runs(steps, monkeypatch) == [3]


def test_steps_that_cannot_be_cut_end_a_run(monkeypatch):
    rows = Row([(0, 64)], [(100, 164)])
    assert runs([rows, rows, print, rows], monkeypatch) == [2, 1, 1]
    whole = Row([(0, 64)], [(0, 64)], rowwise=False)
    whole.extents = lambda rows: ([(0, 64)], [(100, 164)])  # each lane writes all
    assert runs([rows, whole, rows], monkeypatch) == [1, 1, 1]


def recurrent(rows, units, steps, shared_weights=True):
    """Returns the steps of a loop `h = tanh(h u + x)`, and a function that runs it."""
    b = ChainBuilder()
    z, x = b.input(rows, units), b.input(rows, units)
    kernel = compile_chain(b.chain(b.call("tanh", b.call("add", z, x))))
    each = 1 if shared_weights else steps
    u = (RNG.normal(size=(each, units, units)) / np.sqrt(units)).astype("f")
    xs = RNG.normal(size=(steps, rows, units)).astype("f")
    hs = np.zeros((steps + 1, rows, units), "f")
    hs[0] = RNG.normal(size=(rows, units))
    product = np.empty((rows, units), "f")
    made = []
    for t in range(steps):
        w = u[t % each]
        made.append(current().lower("matmul", {}, [hs[t], w], [product]))
        made.append(kernel.bind([product, xs[t]], [hs[t + 1]]))

    def wanted():
        h = hs[0].astype("float64")
        for t in range(steps):
            h = np.tanh(h @ u[t % each] + xs[t])
        return h

    return made, hs, u, wanted


@needs_threads
@pytest.mark.parametrize("rows", [2, 7, 32])
@pytest.mark.parametrize("shared_weights", [True, False])
def test_a_loop_over_time(two, rows, shared_weights):
    steps, hs, u, wanted = recurrent(rows, 48, 12, shared_weights)
    made = share_steps(steps)
    assert [type(step).__name__ for step in made] == [
        "_Together" if rows % 2 == 0 else "_Run"
    ]
    for _ in range(3):
        hs[1:] = 0
        for step in made:
            step()
        np.testing.assert_allclose(hs[-1], wanted(), 1e-4, 1e-5)
        u *= 0.9  # weights change between runs, as optimizers change them


@needs_threads
def test_a_short_loop_stays_as_it_is(two):
    steps, *_ = recurrent(8, 16, FEWEST // 2 - 1)
    assert in_lanes(steps, 2, chains._address) == steps


@needs_threads
def test_one_thread_needs_no_lanes(two):
    loading.threads().set_num_threads(1)
    steps, hs, _, wanted = recurrent(8, 16, FEWEST)
    (run,) = share_steps(steps)
    assert type(run).__name__ == "_Run"
    run()
    np.testing.assert_allclose(hs[-1], wanted(), 1e-4, 1e-5)


@needs_threads
def test_a_failure_of_the_library_is_told(two):
    steps, *_ = recurrent(8, 16, FEWEST)
    (together,) = share_steps(steps)
    words = next(share.words for share in together._code.held if len(share.words) == 6)
    primitive, words[1] = words[1], 0  # no primitive: the library refuses
    with pytest.raises(loading.Refused, match="dnnl_primitive_execute"):
        together()
    words[1] = primitive
    together()


@needs_threads
def test_stacks_are_cut_along_their_first_axis(two):
    a, b = (RNG.normal(size=(4, 6, 6)).astype("f") for _ in range(2))
    held = [np.empty_like(a) for _ in range(FEWEST)]
    steps = [
        current().lower("matmul", {}, [x, b], [out])
        for x, out in zip([a, *held[:-1]], held, strict=True)
    ]
    made = share_steps(steps)
    assert len(made) == 1
    made[0]()
    wanted = a.astype("float64")
    for _ in range(FEWEST):
        wanted = wanted @ b
    np.testing.assert_allclose(held[-1], wanted, 1e-3, 1e-3)


@needs_threads
@pytest.mark.parametrize(
    ("rows", "lanes_", "kind"),
    [(2, 3, "_Run"), (6, 6, "_Together"), (4, 8, "_Together")],
)
def test_no_lane_is_without_rows(two, rows, lanes_, kind):
    loading.threads().set_num_threads(lanes_)
    b = ChainBuilder()
    kernel = compile_chain(b.chain(b.call("negative", b.input(rows, 1))))
    held = RNG.normal(size=(FEWEST + 2, rows, 1)).astype("f")
    before = held.copy()
    made = share_steps([kernel.bind([held[n]], [held[n + 1]]) for n in range(FEWEST)])
    assert [type(step).__name__ for step in made] == [kind]
    made[0]()
    np.testing.assert_array_equal(held[FEWEST], before[0] * (-1) ** FEWEST)
    np.testing.assert_array_equal(held[-1], before[-1])
