"""Steps run at the same time, end before the call returns, and hand on errors."""

import os
import threading
import warnings

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from kerasish.backends import numpy_team, numpy_threads
from kerasish.backends.numpy_team import Team, run_together, size, team
from kerasish.backends.onednn import loading


@pytest.fixture
def forgotten():
    """Lets the numbers of threads be looked up anew, before and after."""
    caches = (numpy_threads._pools, numpy_threads.blas_threads, size, team)
    for cached in caches:
        cached.cache_clear()
    yield
    for cached in caches:
        cached.cache_clear()


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_every_step_runs_once(count):
    done = []
    made = Team(3)
    for _ in range(20):
        made.run([lambda i=i: done.append(i) for i in range(count)])
    assert sorted(done) == sorted([*range(count)] * 20)


def test_steps_run_in_threads_of_their_own():
    both, names = threading.Barrier(3, timeout=10), []

    def step():
        both.wait()
        names.append(threading.current_thread().name)

    Team(3).run([step] * 3)
    assert names.count("kerasish-numpy") == 2


@pytest.mark.parametrize("wrong", [0, 1])
def test_an_error_is_raised_after_all_have_ended(wrong):
    done, made = [], Team(2)

    def fail():
        raise KeyError("wrong")

    steps = [lambda: done.append(1)] * 2
    steps[wrong] = fail
    with pytest.raises(KeyError, match="wrong"):
        made.run(steps)
    assert done == [1]
    made.run([lambda: done.append(2)] * 2)  # and it works again
    assert done == [1, 2, 2]


def test_an_interruption_waits_for_the_other_thread():
    made, held, ended = Team(2), threading.Event(), []

    def slow():
        held.wait(10)
        ended.append(True)

    lock = made._workers[0]._done

    class Interrupted:
        """Is interrupted when it is waited for, once."""

        def __init__(self):
            self.count = 0
            self.release = lock.release

        def acquire(self):
            self.count += 1
            if self.count == 1:
                held.set()
                raise KeyboardInterrupt
            return lock.acquire()

    made._workers[0]._done = Interrupted()
    with pytest.raises(KeyboardInterrupt):
        made.run([lambda: None, slow])
    assert ended == [True]


def test_steps_within_steps_run_one_after_the_other():
    made, done = Team(2), []
    made.run([lambda: made.run([lambda: done.append(1)] * 2)] * 2)
    assert done == [1] * 4


def test_other_threads_do_not_warn():
    zero, one = np.zeros(3), np.ones(3)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("error")
        Team(2).run([lambda: np.divide(one, zero)] * 2)


def test_there_are_as_many_threads_as_blas_has(monkeypatch, forgotten):
    monkeypatch.setattr(loading, "threads", lambda: None)
    with threadpool_limits(1, "blas"):
        assert size() == 1
    assert size() == 1  # looked up once
    size.cache_clear()
    monkeypatch.setattr(numpy_threads, "blas_threads", lambda: 64)
    assert size() == min(len(os.sched_getaffinity(0)), numpy_team.MOST)
    size.cache_clear()
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert size() == 1


def test_beside_onednn_there_is_one(monkeypatch, forgotten):
    monkeypatch.setattr(loading, "threads", lambda: "its pool")
    assert size() == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")
def test_a_child_has_threads_of_its_own(monkeypatch, forgotten):
    monkeypatch.setattr(numpy_team, "size", lambda: 2)
    done = []
    run_together([lambda: done.append(1)] * 2)
    child = os.fork()
    if child == 0:
        both = threading.Barrier(2, timeout=10)
        try:
            run_together([both.wait, both.wait])
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert len(done) == 2
