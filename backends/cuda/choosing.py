"""Choosing among ways to compute the same: the fastest on this device is kept.

Libraries guess which of their algorithms is the fastest, and offer others. Each is run
on scratch memory when a step is bound, several times in a graph, so that the time of
the host is not counted. A problem is looked at once in a process; a way takes the place
of the first only where it is clearly faster, as that is what the library has guessed.
"""

from collections.abc import Callable, Hashable, Sequence
from contextlib import suppress
from math import inf
from time import perf_counter
from typing import Any

from kerasish.backends.cuda import device

__all__ = ["fastest", "pays"]

LEAST = 2**26  # multiplications: less takes a GPU a few microseconds
BUDGET = 5e-3  # seconds, after which no other way is tried
RUNS, LONG = 10, 0.2  # in a graph; milliseconds from which one run tells enough
CLEARLY = 0.95  # of the first way's time

_chosen: dict[Hashable, int] = {}


def pays(size: int) -> bool:
    """Returns whether it is worth while to compare ways.

    Args:
        size: The multiplications that a problem takes.

    Example:
        >>> pays(2**20), pays(2**30)
        (False, True)
    """
    return size >= LEAST


def fastest(key: Hashable, ways: Sequence[Callable[[], Any]]) -> int:
    """Returns which of several ways is the fastest.

    Args:
        key: What tells the problem from others.
        ways: Steps that may be run at any time; the first counts unless another is
            clearly faster. One that raises is left out.

    Returns:
        Its place; 0 in a capture, when nothing can be tried.
    """
    cuda = device.library().cuda
    place = int(cuda.runtime.getDevice()), key
    if place not in _chosen:
        if cuda.get_current_stream().is_capturing():
            return 0
        _chosen[place] = _compared(cuda, ways)
    return _chosen[place]


def _compared(cuda: Any, ways: Sequence[Callable[[], Any]]) -> int:
    cuda.get_current_stream().synchronize()  # what runs now shares the workspace
    stream, times, start = cuda.Stream(non_blocking=True), [], perf_counter()
    with stream:
        for way in ways:
            if perf_counter() - start > BUDGET:
                break
            times.append(inf)
            with suppress(Exception):  # the way refuses, as when memory is short
                times[-1] = _timed(cuda, stream, way)
        stream.synchronize()
    best = min(range(len(times)), key=times.__getitem__)
    return best if times[best] < CLEARLY * times[0] else 0


def _timed(cuda: Any, stream: Any, way: Callable[[], Any]) -> float:
    """Returns the milliseconds of one run."""
    way()  # loads what it needs
    once = _elapsed(cuda, way)
    if once > LONG:
        return once
    stream.begin_capture()
    try:
        for _ in range(RUNS):
            way()
    finally:
        graph = stream.end_capture()
    graph.launch()
    return _elapsed(cuda, graph.launch) / RUNS


def _elapsed(cuda: Any, run: Callable[[], Any]) -> float:
    start, end = cuda.Event(), cuda.Event()
    start.record()
    run()
    end.record()
    end.synchronize()
    return float(cuda.get_elapsed_time(start, end))
