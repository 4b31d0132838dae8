"""Random loops mean the same recorded, compiled and cut over threads as eagerly."""

from threading import Barrier, Thread

import numpy as np
import pytest

from kerasish import backends, ops
from kerasish.backends.llvm import lanes
from kerasish.backends.onednn import loading
from kerasish.tracing.passes import optimize
from kerasish.tracing.plan import Plan
from kerasish.tracing.profile import profile
from tests.kerasish.tracing.graphs import record
from tests.kerasish.tracing.loops import Loop

RUNS = 3
SEEDS = range(12)
NEAR = {"float16": 0.05, "float32": 1e-3, "float64": 1e-9}


@pytest.fixture(autouse=True)
def short_runs_are_cut(monkeypatch):
    monkeypatch.setattr(lanes, "FEWEST", 2)
    monkeypatch.setattr(lanes, "OFTEN", 2)
    pool = loading.threads()
    count = pool.get_num_threads() if pool else 1
    yield
    use(count)


def use(count):
    """Lets the libraries have so many threads."""
    pool = loading.threads()
    if pool is not None:
        pool.set_num_threads(count)


def recorded(loop):
    """Returns a loop's graph, and what it computes eagerly in some runs."""
    graph, _ = record(loop, *loop.inputs(0))
    loop.reset()
    expected = []
    for run in range(RUNS):
        made = loop(*map(ops.convert_to_tensor, loop.inputs(run)))
        values = [t.numpy() for t in (*made, *loop.variables)]
        expected.append([x.astype("float64") for x in values])
    return graph, expected


def compiled(graph):
    backend = backends.current()
    return Plan(optimize(graph, backend, compiled=backend.can_compile), backend)


def check(plan, loop, expected, timed=None):
    """Runs a plan some times from the loop's start, and compares all results."""
    loop.reset()
    for run, wanted in enumerate(expected):
        for buffer, array in zip(plan.inputs, loop.inputs(run), strict=True):
            buffer[...] = array
        if run == timed:
            with profile():
                plan.run()
        else:
            plan.run()
        found = [*plan.outputs, *(v.numpy() for v in loop.variables)]
        for n, (x, y) in enumerate(zip(found, wanted, strict=True)):
            near = NEAR[loop.dtype] * max(np.abs(y).max(), 0.01)
            np.testing.assert_allclose(
                x.astype("float64"), y, 0, near, err_msg=f"result {n} of run {run}"
            )


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("seed", SEEDS)
def test_random_loops_mean_the_same_on_any_number_of_threads(seed, threads):
    loop = Loop(seed)
    graph, expected = recorded(loop)
    use(threads)
    check(compiled(graph), loop, expected, timed=1 if seed % 3 == 0 else None)


@pytest.mark.parametrize("dtype", ["float16", "float64"])
@pytest.mark.parametrize("seed", SEEDS[:3])
def test_random_loops_mean_the_same_in_any_precision(seed, dtype):
    loop = Loop(50 + seed, dtype)
    graph, expected = recorded(loop)
    use(2)
    check(compiled(graph), loop, expected)


def test_random_loops_mean_the_same_in_two_threads_at_once():
    loops = [Loop(seed) for seed in (3, 4)]
    made = [recorded(loop) for loop in loops]
    together, errors = Barrier(2), []

    def work(loop, graph, expected):
        try:
            use(2)
            plan = compiled(graph)
            together.wait(60)
            for _ in range(20):
                check(plan, loop, expected)
        except Exception as error:
            errors.append(error)

    threads = [
        Thread(target=work, args=(loop, *each))
        for loop, each in zip(loops, made, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors, errors
