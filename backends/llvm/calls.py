"""Calls: machine code after machine code, without Python in between.

A plan calls each of its steps from Python, which takes a few tenths of a microsecond;
those of a small model take little more themselves. A table holds the steps as pairs of
a function and its argument; one call goes through it.
"""

import ctypes
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from kerasish.backends.onednn.loading import executed
from kerasish.backends.onednn.making import Execution

__all__ = ["EXECUTE", "RUN", "Calls", "Share", "in_one_call"]

FEWEST = 2  # steps that repay a table
CALL = ctypes.CFUNCTYPE(None, ctypes.c_void_p)  # which lets other threads run
Step = Callable[[], Any]

# Calls functions in turn; `%data` is their number, then each with its argument.
RUN = """\
define void @kernel(ptr %data) {
entry:
  %number = load i64, ptr %data
  %last = mul i64 %number, 2
  br label %check
check:
  %at = phi i64 [ 0, %entry ], [ %next, %work ]
  %more = icmp slt i64 %at, %last
  br i1 %more, label %work, label %end
work:
  %first = add i64 %at, 1
  %next = add i64 %at, 2
  %held = getelementptr ptr, ptr %data, i64 %first
  %code = load ptr, ptr %held
  %given = getelementptr ptr, ptr %data, i64 %next
  %argument = load ptr, ptr %given
  call void %code(ptr %argument)
  br label %check
end:
  ret void
}
"""
# Calls `dnnl_primitive_execute`; `%data` is its address, its arguments, and the address
# where its status goes.
EXECUTE = """\
define void @kernel(ptr %data) {
entry:
  %execute = load ptr, ptr %data
  %at1 = getelementptr i64, ptr %data, i64 1
  %primitive = load ptr, ptr %at1
  %at2 = getelementptr i64, ptr %data, i64 2
  %stream = load ptr, ptr %at2
  %at3 = getelementptr i64, ptr %data, i64 3
  %number = load i32, ptr %at3
  %at4 = getelementptr i64, ptr %data, i64 4
  %given = load ptr, ptr %at4
  %found = call i32 %execute(ptr %primitive, ptr %stream, i32 %number, ptr %given)
  %status = sext i32 %found to i64
  %at5 = getelementptr i64, ptr %data, i64 5
  %place = load ptr, ptr %at5
  store i64 %status, ptr %place
  ret void
}
"""


class Share(NamedTuple):
    """A step for a share of the rows, as machine code.

    Args:
        code: The address of a function of one pointer.
        words: What the pointer points to.
        kept: What must live as long.
    """

    code: int
    words: np.ndarray
    kept: Any


class Calls:
    """Tables of calls, and where the library's calls leave their status.

    Args:
        address: Returns where the machine code of a source is.
        number: The most calls in all tables.
    """

    def __init__(self, address: Callable[[str], int], number: int) -> None:
        self._address = address
        self._statuses = np.zeros(number, np.int64)
        self.held: list[Share] = []
        self.tables: list[np.ndarray] = []

    def table(self, steps: Sequence[Any]) -> np.ndarray:
        """Returns the table of some steps, each a `Share` or an `Execution`."""
        words = [len(steps)]
        for step in steps:
            if isinstance(step, Execution):
                place = self._statuses.ctypes.data + 8 * len(self.held)
                call = np.array([*step.words(), place], np.int64)
                step = Share(self._address(EXECUTE), call, step)
            self.held.append(step)
            words += [step.code, step.words.ctypes.data]
        self.tables.append(np.array(words, np.int64))
        return self.tables[-1]

    def check(self) -> None:
        """Raises if a call of the library failed."""
        if self._statuses.any():
            executed(int(self._statuses.max()))


def in_one_call(steps: Sequence[Step], address: Callable[[str], int]) -> list[Step]:
    """Returns steps to the same effect, one for each run of machine code.

    Args:
        steps: A plan's steps, in order.
        address: Returns where the machine code of a source is.
    """
    made: list[Step] = []
    run: list[Any] = []

    def end() -> None:
        made.extend([_Run(run, address)] if len(run) >= FEWEST else run)
        run.clear()

    for step in steps:
        if isinstance(step, Execution) or getattr(step, "whole", None) is not None:
            run.append(step)
        else:
            end()
            made.append(step)
    end()
    return made


class _Run:
    """The call that goes through a table."""

    is_native = True

    def __init__(self, steps: Sequence[Any], address: Callable[[str], int]) -> None:
        self._code = Calls(address, len(steps))
        self._kept = list(steps)
        table = self._code.table([getattr(step, "whole", step) for step in steps])
        self._call = CALL(address(RUN))
        self._place = table.ctypes.data

    def __call__(self) -> None:
        self._call(self._place)
        self._code.check()
