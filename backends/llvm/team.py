"""Teams: a kernel over the parts of its work at once, on the threads that oneDNN uses.

A second pool of threads would fight with oneDNN's for the cores; so parts are run by
the OpenMP runtime that it is linked with, which wakes a thread in a few microseconds.
"""

import ctypes
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from kerasish.backends.onednn import loading

__all__ = ["PARALLEL", "SYMBOLS", "Team", "parts_of", "team"]

# Runs on every thread of a team; `%data` is the kernel, the number of parts, and the
# arguments of each part.
PARALLEL = """\
declare i32 @omp_get_thread_num()
declare i32 @omp_get_num_threads()
define void @kernel(ptr %data) {
entry:
  %number = call i32 @omp_get_thread_num()
  %first = sext i32 %number to i64
  %size = call i32 @omp_get_num_threads()
  %step = sext i32 %size to i64
  %code = load ptr, ptr %data
  %counted = getelementptr i64, ptr %data, i64 1
  %parts = load i64, ptr %counted
  br label %check
check:
  %part = phi i64 [ %first, %entry ], [ %next, %work ]
  %more = icmp slt i64 %part, %parts
  br i1 %more, label %work, label %end
work:
  %place = add i64 %part, 2
  %held = getelementptr ptr, ptr %data, i64 %place
  %arguments = load ptr, ptr %held
  call void %code(ptr %arguments)
  %next = add i64 %part, %step
  br label %check
end:
  ret void
}
"""
SYMBOLS = ("omp_get_thread_num", "omp_get_num_threads")
WORTH = 1 << 18  # bytes that repay waking a thread
ALIGNMENT = 64  # steps that a part's size is a multiple of


class Team:
    """The threads of the OpenMP runtime.

    Args:
        runtime: The library.
    """

    def __init__(self, runtime: Any) -> None:
        self._start = runtime["GOMP_parallel"]
        self._start.argtypes = [ctypes.c_void_p, ctypes.c_void_p] + [ctypes.c_uint] * 2
        self._start.restype = None

    def call(
        self, parallel: int, kernel: int, parts: Sequence[np.ndarray], threads: int = 0
    ) -> Any:
        """Returns the arguments of a call that runs a kernel over all parts.

        Args:
            parallel: Where the code of `PARALLEL` is.
            kernel: Where the kernel's is.
            parts: The kernel's arguments for each part.
            threads: How many; 0 for what the runtime's setting allows when called.

        Returns:
            `(function, *arguments, kept)`; `kept` must live as long as the call.
        """
        words = [kernel, len(parts), *(part.ctypes.data for part in parts)]
        data = np.array(words, np.int64)
        return self._start, parallel, data.ctypes.data, threads, 0, data


@cache
def team() -> Team | None:
    """Returns the threads, or None where oneDNN or such a runtime is missing."""
    runtime = loading.runtime() if loading.library() else None
    return Team(runtime) if hasattr(runtime, "GOMP_parallel") else None


def parts_of(steps: int, nbytes: int) -> list[tuple[int, int]]:
    """Returns the ranges of a loop that run at once; one if more do not pay.

    Args:
        steps: The number of steps of the loop.
        nbytes: What all of them read and write.
    """
    threads = loading.threads() if team() else None
    count = threads.get_num_threads() if threads else 1
    count = max(min(count, nbytes // WORTH, steps), 1)
    size = -(-steps // count)
    if steps > count * ALIGNMENT:
        size = -(-size // ALIGNMENT) * ALIGNMENT
    return [(i, min(i + size, steps)) for i in range(0, max(steps, 1), max(size, 1))]
