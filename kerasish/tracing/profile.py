"""Profile: where the time of recorded steps goes, by part and by kernel."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

__all__ = ["Line", "Profile", "active", "profile", "table"]


class Line(NamedTuple):
    """A step of a plan.

    Args:
        kernel: The primitive, or the primitives that are fused, in order.
        shapes: Dtypes and shapes of what it writes.
        nbytes: Bytes that it reads and writes.
        part: The layer or stage that it belongs to.
    """

    kernel: str
    shapes: str
    nbytes: int
    part: str

    def __str__(self) -> str:
        return f"{self.kernel} in {self.part}" if self.part else self.kernel


class Profile:
    """Times of the steps that ran in a `profile()` block."""

    def __init__(self) -> None:
        self.seconds: dict[Line, float] = {}
        self.calls: dict[Line, int] = {}

    def add(self, line: Line, seconds: float) -> None:
        """Notes one run of a step.

        Args:
            line: The step.
            seconds: How long it took.
        """
        self.seconds[line] = self.seconds.get(line, 0.0) + seconds
        self.calls[line] = self.calls.get(line, 0) + 1

    def by_part(self) -> dict[str, tuple[float, int]]:
        """Returns seconds and bytes by layer or stage, the slowest first."""
        return self._sums(lambda line: line.part or "(other)")

    def by_kernel(self) -> dict[str, tuple[float, int]]:
        """Returns seconds and bytes by kernel, the slowest first."""
        return self._sums(lambda line: line.kernel)

    def _sums(self, key: Callable[[Line], str]) -> dict[str, tuple[float, int]]:
        sums: dict[str, tuple[float, int]] = {}
        for line, seconds in self.seconds.items():
            held = sums.get(key(line), (0.0, 0))
            moved = line.nbytes * self.calls[line]
            sums[key(line)] = held[0] + seconds, held[1] + moved
        return dict(sorted(sums.items(), key=lambda item: -item[1][0]))

    def __str__(self) -> str:
        """Two tables: by part and by kernel."""
        texts = []
        for title, sums in (("part", self.by_part()), ("kernel", self.by_kernel())):
            total = sum(seconds for seconds, _ in sums.values()) or 1.0
            rows = [
                (_short(name), f"{1e3 * t:.3f}", f"{100 * t / total:.0f} %", _bytes(n))
                for name, (t, n) in sums.items()
            ]
            texts.append(_columns((title, "ms", "share", "moved"), rows))
        return "\n\n".join(texts)


_active: ContextVar[Profile | None] = ContextVar("profile", default=None)
active = _active.get


@contextmanager
def profile() -> Iterator[Profile]:
    """Times every step of the plans that run inside a `with` block.

    What runs operation by operation, as the first calls do, is not in it.

    Returns:
        A context manager that gives a `Profile`; print it for its tables.

    Example:
        >>> from kerasish import ops
        >>> from kerasish.tracing.function import function
        >>> f = function(lambda x: ops.exp(x) + 1)
        >>> for _ in range(3):
        ...     _ = f(ops.ones(4))
        >>> with profile() as found:
        ...     _ = f(ops.ones(4))
        >>> sum(found.calls.values()) > 0
        True
    """
    made = Profile()
    token = _active.set(made)
    try:
        yield made
    finally:
        _active.reset(token)


def table(lines: Sequence[Line], times: Profile | None = None) -> str:
    """Returns the steps of a plan as text.

    Args:
        lines: The steps.
        times: Adds a column of microseconds a call, where a profile has them.
    """
    rows = []
    for i, line in enumerate(lines):
        row = [str(i), _short(line.kernel), line.shapes, _bytes(line.nbytes), line.part]
        if times is not None:
            calls = times.calls.get(line, 0)
            each = f"{1e6 * times.seconds[line] / calls:.1f}" if calls else "-"
            row.append(each)
        rows.append(row)
    head = ("", "kernel", "writes", "moved", "part", "us")
    return _columns(head if times is not None else head[:-1], rows)


def _columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(n) for cell, n in zip(row, widths, strict=True)).rstrip()
        for row in (head, *rows)
    )


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:40]} ... ({len(text.split())} calls)"


def _bytes(n: int) -> str:
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if n >= size:
            return f"{n / size:.1f} {unit}"
    return f"{n} B"
