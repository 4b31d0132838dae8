"""Reading ahead on threads or processes, in order, leaving none behind."""

import multiprocessing
import random
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import (
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from contextvars import ContextVar
from typing import Any

import numpy as np

__all__ = ["read_in_processes", "read_in_threads"]

# Set in a worker process alone, by its initializer: a data set sent once instead of
# with every batch.
_FETCH: ContextVar[Callable[[int], Any]] = ContextVar("fetch")


def read_in_threads(
    fetch: Callable[[int], Any], indices: Iterable[int], workers: int, ahead: int
) -> Generator[Any, None, None]:
    """Yields `fetch(index)` for each index, in order, fetched by threads.

    All threads have ended when the iterator is exhausted, closed or raises.

    Args:
        fetch: Called with one index, on any thread.
        indices: May be endless; read only as far as is fetched ahead.
        workers: Number of threads.
        ahead: Most results fetched but not yet taken.

    Example:
        >>> list(read_in_threads(abs, [-1, -2], workers=2, ahead=4))
        [1, 2]
    """
    pool = ThreadPoolExecutor(workers, thread_name_prefix="kerasish-data")
    return _in_order(pool, fetch, ((index,) for index in indices), ahead)


def read_in_processes(
    fetch: Callable[[int], Any],
    indices: Iterable[int],
    workers: int,
    ahead: int,
    seed: int = 0,
) -> Generator[Any, None, None]:
    """Yields `fetch(index)` for each index, in order, fetched by processes.

    Forked processes would all draw the same "random" numbers: the global generators
    are seeded anew for every index, whichever process serves it.

    Args:
        fetch: Sent to each process once.
        indices: May be endless; read only as far as is fetched ahead.
        workers: Number of processes.
        ahead: Most results fetched but not yet taken.
        seed: Together with the index, decides the random numbers of a batch.

    Example:
        >>> reader = read_in_processes(hex, [10, 11], workers=1, ahead=4)
        >>> list(reader)  # doctest: +SKIP
        ['0xa', '0xb']
    """
    pool = ProcessPoolExecutor(
        workers,
        mp_context=multiprocessing.get_context(),
        initializer=_receive,
        initargs=(fetch,),
    )
    tasks = ((index, seed) for index in indices)
    return _in_order(pool, _fetch_seeded, tasks, ahead)


def _receive(fetch: Callable[[int], Any]) -> None:
    _FETCH.set(fetch)


def _fetch_seeded(index: int, seed: int) -> Any:
    mixed = np.random.SeedSequence([seed, index])
    np.random.seed(mixed.generate_state(4))
    random.seed(int(mixed.generate_state(1)[0]))
    return _FETCH.get()(index)


def _in_order(
    pool: Executor,
    fetch: Callable[..., Any],
    tasks: Iterator[tuple[Any, ...]],
    ahead: int,
) -> Generator[Any, None, None]:
    pending: deque[Future[Any]] = deque()
    try:
        for task in tasks:
            pending.append(pool.submit(fetch, *task))
            if len(pending) >= ahead:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
