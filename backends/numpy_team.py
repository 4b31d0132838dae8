"""Threads that share the work of large steps, where NumPy computes without helpers.

NumPy's calls on large arrays let go of the interpreter, its products too. So each
thread goes through a list of calls on images of its own, in buffers of its own that fit
into its core's cache; a product on two threads at a time, one after the other, is
slower, as are threads over the elements of one call.
"""

import os
import threading
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from kerasish.backends import numpy_threads

__all__ = ["Team", "run_together", "size", "team"]

MOST = 8  # threads; more would wait for the interpreter
Step = Callable[[], Any]


class Team:
    """Threads that wait for a step each.

    Args:
        size: How many steps run at a time, one of them in the thread that asks.
    """

    def __init__(self, size: int) -> None:
        self._busy = threading.Lock()
        self._workers = [_Worker() for _ in range(size - 1)]

    def run(self, steps: Sequence[Step]) -> None:
        """Runs steps at the same time; one after the other while others are run.

        Args:
            steps: At most as many as the team has threads, else the rest runs last.

        Raises:
            Exception: The first one that a step raised, after all have ended.
        """
        if not self._busy.acquire(blocking=False):
            for step in steps:
                step()
            return
        try:
            self._share(steps)
        finally:
            self._busy.release()

    def _share(self, steps: Sequence[Step]) -> None:
        started = []
        try:
            for worker, step in zip(self._workers, steps[1:], strict=False):
                worker.start(step)
                started.append(worker)
            steps[0]()
            for step in steps[1 + len(started) :]:
                step()
        finally:
            for worker in started:
                worker.wait()
        for worker in started:
            worker.check()


class _Worker:
    """A thread that runs a step whenever it is given one."""

    def __init__(self) -> None:
        self._step: Step | None = None
        self._error: BaseException | None = None
        self._go, self._done = threading.Lock(), threading.Lock()
        self._go.acquire()
        self._done.acquire()
        name = "kerasish-numpy"
        threading.Thread(target=self._work, name=name, daemon=True).start()

    def _work(self) -> None:
        with np.errstate(all="ignore"):  # as the plans have it; it holds for one thread
            while True:
                self._go.acquire()
                try:
                    if self._step is not None:
                        self._step()
                except BaseException as error:
                    self._error = error
                self._step = None
                self._done.release()

    def start(self, step: Step) -> None:
        """Lets the thread run a step."""
        self._step = step
        self._go.release()

    def wait(self) -> None:
        """Returns when the step has ended, even where a signal interrupts."""
        interrupted: BaseException | None = None
        while True:
            try:
                self._done.acquire()
                break
            except BaseException as error:  # the step still writes into its arrays
                interrupted = error
        self._error = self._error or interrupted

    def check(self) -> None:
        """Raises what the step raised."""
        error, self._error = self._error, None
        if error is not None:
            raise error


@cache
def size() -> int:
    """Returns how many threads large steps are shared by.

    As many as the BLAS library had at first, which is how users set it, and as there
    are cores; one where oneDNN computes, whose threads spin for the same cores.
    """
    threads = numpy_threads.blas_threads()
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 1
    return max(min(threads, cores, MOST), 1)


@cache
def team() -> Team:
    """Returns the team of this process, made when it is first needed."""
    return Team(size())


def run_together(steps: Sequence[Step]) -> None:
    """Runs steps at the same time, on the threads of this process.

    Args:
        steps: Functions without arguments that write into memory of their own.
    """
    team().run(steps)


if hasattr(os, "register_at_fork"):  # threads do not live on in a child
    os.register_at_fork(after_in_child=team.cache_clear)
