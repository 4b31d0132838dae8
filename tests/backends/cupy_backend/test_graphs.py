"""Steps as a graph: warm-ups, the capture, refusals, what must stay alive."""

import gc

import pytest

from kerasish.backends.cupy_backend.graphs import WARM_UPS, Replay
from kerasish.core.errors import KerasishWarning
from tests.backends.cupy_backend import fake_streams


def replay(cupy, steps, names=None):
    names = names or [f"step {i}" for i in range(len(steps))]
    return Replay(cupy, steps, names, cupy.get_default_memory_pool().malloc)


def counting(x):
    def step():
        x.__iadd__(1)

    return step


def test_each_run_counts_once(cupy):
    x = cupy.zeros(())
    run = replay(cupy, [counting(x), counting(x)])
    for i in range(1, 8):
        run()
        assert float(x) == 2 * i
    assert cupy.counts["graphs"] == 7 - WARM_UPS
    assert cupy.counts["graph uploads"] == 1


def test_the_capture_launches_nothing_itself(cupy):
    called = []
    run = replay(cupy, [lambda: called.append(cupy.stream)])
    for _ in range(9):
        run()
    assert len(called) == WARM_UPS + 1
    assert cupy.null not in called  # which cannot be captured
    assert len(set(called)) == 1


def test_a_graph_that_goes_has_run_to_its_end(cupy):
    run = replay(cupy, [lambda: None])
    for _ in range(WARM_UPS):
        run()
    run = replay(cupy, [lambda: None])  # the first was no graph yet
    assert not cupy.counts["waits"]
    for _ in range(WARM_UPS + 1):
        run()
    del run
    assert cupy.counts["waits"] == 1


def test_a_graph_may_go_while_another_is_captured(cupy):
    held = [replay(cupy, [lambda: None])]
    for _ in range(WARM_UPS + 1):
        held[0]()
    run = replay(cupy, [lambda: cupy.capturing and held.clear()])
    for _ in range(WARM_UPS + 2):
        run()  # without a warning that something broke the capture off
    assert not held
    assert cupy.counts["graphs"] == 3


def test_a_graph_that_cannot_be_made_is_run_step_by_step(cupy, monkeypatch):
    x = cupy.zeros(())
    run = replay(cupy, [counting(x)])
    for _ in range(WARM_UPS):
        run()
    made = fake_streams.Stream.end_capture

    def refuse(stream):
        made(stream)
        raise MemoryError("no room")

    monkeypatch.setattr(type(cupy.null), "end_capture", refuse)
    with pytest.warns(KerasishWarning, match="`the graph as a whole`.*no room"):
        run()
    assert float(x) == WARM_UPS + 1


def test_an_error_in_a_step_leaves_the_streams_in_order(cupy):
    def fail():
        raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        replay(cupy, [fail])()
    assert cupy.stream is cupy.null


def test_steps_have_memory_of_their_own(cupy):
    sizes = []

    def allocate(size):
        sizes.append(size)
        return cupy.get_default_memory_pool().malloc(size)

    x = cupy.ones(4, dtype="float32")
    run = Replay(cupy, [lambda: x + x], ["sum"], allocate)
    run()
    assert sizes == [16]
    cupy.ones(4)
    assert sizes == [16]


def test_results_of_kernels_without_memory_of_their_own(cupy):
    x, out = cupy.zeros((2,)), cupy.zeros((2,))

    def step():
        out[...] = x * 2 + 1

    run = replay(cupy, [step])
    for i in range(6):
        x.fill(i)
        run()
        assert out.get().tolist() == [2 * i + 1] * 2


@pytest.mark.parametrize(
    ("refusing", "said"),
    [
        (lambda cupy, x: cupy.matmul(x, x), "RuntimeError: matmul"),
        (lambda cupy, x: float(x.sum()), "a copy to the host"),
        (lambda cupy, x: cupy.asarray([1.0]), "a copy from the host"),
        (lambda cupy, x: cupy.stream.synchronize(), "CaptureUnsupported"),
    ],
)
def test_what_refuses_is_named(cupy, refusing, said):
    x, n = cupy.ones((2, 2)), cupy.zeros(())
    steps = [counting(n), lambda: refusing(cupy, x), counting(n)]
    run = replay(cupy, steps, ["first", "guilty in layer", "last"])
    for _ in range(WARM_UPS):
        run()
    with pytest.warns(KerasishWarning, match=f"`guilty in layer` cannot be.*{said}"):
        run()
    run()
    assert float(n) == 2 * (WARM_UPS + 2)  # the failed capture left nothing behind
    assert not cupy.counts["graphs"]
    assert cupy.stream is cupy.null


def test_what_breaks_a_capture_off_in_silence_is_named_too(cupy):
    def step():
        if cupy.stream.log is not None:
            cupy.stream.broken = True

    run = replay(cupy, [lambda: None, step, lambda: None], ["a", "b", "c"])
    for _ in range(WARM_UPS):
        run()
    with pytest.warns(KerasishWarning, match="`b` cannot be captured.*invalidated"):
        run()


def test_each_operation_is_named_once(cupy, recwarn):
    for _ in range(2):
        run = replay(cupy, [lambda: cupy.asarray([1.0])], ["upload"])
        for _ in range(WARM_UPS + 2):
            run()
    # The list is a constant of the plan in the backend; here it is none.
    assert len(recwarn) == 1


def test_collection_waits_for_the_capture(cupy):
    enabled = []
    run = replay(cupy, [lambda: enabled.append(gc.isenabled())])
    for _ in range(WARM_UPS + 1):
        run()
    assert enabled == [True] * WARM_UPS + [False]
    assert gc.isenabled()
