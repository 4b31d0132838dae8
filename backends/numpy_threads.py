"""Threads of the libraries that multiply matrices, held back where they do harm.

A product of a few microseconds is done before a second thread has woken up, and two
pools of threads that spin for the same cores make it a thousand times slower. So plans
of small products run on one thread, while those of others elsewhere are left alone.
Where BLAS multiplies, it has one thread in every plan: there threads share the steps,
which is faster than to share one product after the other (`numpy_team`).
"""

import importlib
from functools import cache
from typing import Any

import numpy as np

from kerasish.backends.onednn import loading

__all__ = ["Running", "blas_threads"]


class Running:
    """The context that a plan's steps run in: no floating warnings, few threads.

    Args:
        threads: The most threads that a product of oneDNN may use; None for all.
        warns: Whether a step may warn, as NumPy's do and compiled ones do not.
    """

    __slots__ = ("_errors", "_held", "_threads")

    def __init__(self, threads: int | None = None, warns: bool = True) -> None:
        self._threads = threads
        self._errors = np.errstate(all="ignore") if warns else None
        self._held: list[tuple[Any, int]] = []

    def __enter__(self) -> None:
        """Sets the threads."""
        if self._errors is not None:
            self._errors.__enter__()
        threads = self._threads
        if threads is None and blas_threads() > 1:
            threads = 1
        if threads is not None:
            for pool in _pools():
                count = pool.get_num_threads()
                if count > threads:
                    self._held.append((pool, count))
                    pool.set_num_threads(threads)

    def __exit__(self, *error: Any) -> None:
        """Sets what was before."""
        for pool, count in self._held:
            pool.set_num_threads(count)
        if self._errors is not None:
            self._errors.__exit__(*error)


@cache
def _pools() -> list[Any]:
    """Returns oneDNN's pool, which then does the products, or else those of BLAS."""
    pool = loading.threads()
    if pool is not None:
        return [pool]
    found = importlib.import_module("threadpoolctl").ThreadpoolController()
    return list(found.select(user_api="blas").lib_controllers)


@cache
def blas_threads() -> int:
    """Returns how many threads BLAS had when it was first asked; 1 where oneDNN is."""
    if loading.threads() is not None:
        return 1
    return min((pool.get_num_threads() for pool in _pools()), default=1)
