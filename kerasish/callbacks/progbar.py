"""A progress bar that shows metrics and the time left."""

import time
from collections.abc import Iterable
from typing import Any

from kerasish.callbacks.checks import check_choice, check_count, check_number
from kerasish.callbacks.progress_text import duration_text, metrics_text, step_text
from kerasish.callbacks.terminal import (
    bar_format,
    bar_text,
    is_live,
    open_bar,
    write_line,
)
from kerasish.core.errors import ArgumentError

__all__ = ["Progbar"]

Values = Iterable[tuple[str, Any]]


class Progbar:
    """Shows how far a loop is, its metrics and the time left.

    In a terminal or a notebook the bar is drawn by tqdm and redrawn at most every
    `interval` seconds. Elsewhere only the last line is printed.

    Args:
        target: int, steps in all; None if unknown.
        width: int, characters of the bar.
        verbose: 0 is silent, 1 a bar, 2 one line at the end.
        interval: float, seconds between two redraws.
        stateful_metrics: Names of metrics that are shown as given; all others are
            averaged over the steps.
        stateless_metrics: Names of metrics that are averaged; all others are shown as
            given. Only one of these two can be used; with neither all are averaged.
        unit_name: str, what a step is called.
        label: str, stands in front of the bar.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> bar = Progbar(4, verbose=1, label="Copy")
        >>> for size in (1.0, 3.0, 2.0, 2.0):
        ...     bar.add(1, [("size", size)])
        Copy 4/4 ━━━━━━━━━━━━━━━━━━━━ 0s ...s/step - size: 2.0000
    """

    def __init__(
        self,
        target: int | None,
        width: int = 20,
        verbose: int = 1,
        interval: float = 0.05,
        stateful_metrics: Iterable[str] | None = None,
        stateless_metrics: Iterable[str] | None = None,
        unit_name: str = "step",
        label: str = "",
    ) -> None:
        if stateful_metrics is not None and stateless_metrics is not None:
            raise ArgumentError(
                "Only one of `stateful_metrics` and `stateless_metrics` of `Progbar` "
                f"can be used. Received: stateful_metrics={stateful_metrics!r}, "
                f"stateless_metrics={stateless_metrics!r}"
            )
        self.target = (
            None if target is None else check_count("Progbar", "target", target)
        )
        self.width = check_count("Progbar", "width", width, minimum=1)
        self.verbose = check_choice("Progbar", "verbose", verbose, (0, 1, 2))
        self.interval = check_number("Progbar", "interval", interval, low=0.0)
        self.unit_name = unit_name
        self.label = label
        self._averages = _Averages(stateful_metrics, stateless_metrics)
        self._done = 0
        self._bar: Any = None
        self._start = time.perf_counter()
        self._drawn: float | None = None
        self._shown = ""
        self._mark: tuple[int, float] | None = None

    def update(
        self, current: int, values: Values | None = None, finalize: bool | None = None
    ) -> None:
        """Moves to a step.

        Args:
            current: Steps done so far.
            values: Pairs of a metric's name and its value at this step.
            finalize: Whether this is the last update. Defaults to whether `current`
                has reached the target.
        """
        shown = self._averages.add(values or (), current - self._done)
        self._done = current
        if finalize is None:
            finalize = self.target is not None and current >= self.target
        if finalize:
            self.finish(current, shown)
        elif self.verbose == 1 and is_live():
            now = time.perf_counter()
            if self._drawn is None or now - self._drawn >= self.interval:
                self.draw(current, shown)

    def add(self, n: int, values: Values | None = None) -> None:
        """Moves on by some steps.

        Args:
            n: Steps done since the last update.
            values: Pairs of a metric's name and its value at these steps.
        """
        self.update(self._done + n, values)

    def draw(self, current: int, values: Values | None = None, note: str = "") -> None:
        """Draws the bar now.

        Args:
            current: Steps done so far.
            values: Pairs of a metric's name and the value to show; those of the last
                drawing if None.
            note: Stands instead of the time left.
        """
        self._drawn = time.perf_counter()
        if values is not None:
            self._shown = metrics_text(values)
        before = f"{self._head(current, self.target)} "
        after = f" {note or self._time_left(current)}{self._shown}"
        width = self.width
        if self.target is None:  # tqdm then draws blanks: one instead of two spaces
            before, width, after = before[:-1], 1, after[1:]
        if self._bar is None:
            self._bar = open_bar(self.target, width, before, after, current)
            return
        self._bar.bar_format = bar_format(width, before, after)
        self._bar.n = current
        self._bar.refresh()

    def finish(
        self, current: int, values: Values = (), step_seconds: float | None = None
    ) -> None:
        """Takes the bar away and prints the last line.

        Args:
            current: Steps done.
            values: Pairs of a metric's name and the value to show.
            step_seconds: Seconds that the steps took, if not the time until now.
        """
        seconds = time.perf_counter() - self._start
        spent = seconds if step_seconds is None else step_seconds
        step = step_text(spent / max(current, 1), self.unit_name)
        head = self._head(current, self.target or current)
        if self._bar is not None:
            self._bar.n = self._bar.total = current  # or a notebook keeps it, in red
        self._close_bar()
        if self.verbose == 1:
            bar = bar_text(current, max(self.target or current, 1), self.width)
            line = f"{head} {bar} {duration_text(seconds)} {step}"
            write_line(line + metrics_text(values))
        elif self.verbose == 2:
            line = f"{head} - {seconds:.0f}s - {step}"
            write_line(line + metrics_text(values))

    def close(self) -> None:
        """Leaves the bar as it stands, as after an error."""
        if self._bar is not None:
            self._bar.leave = True
            self._close_bar()

    def _close_bar(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def _head(self, current: int, total: int | None) -> str:
        end = "?" if total is None else str(total)
        label = f"{self.label} " if self.label else ""
        return f"{label}{current:>{len(end)}}/{end}"

    def _time_left(self, current: int) -> str:
        """Returns the time left and that of a step.

        The steps up to the first drawing are not counted where there are others: the
        first of all is slow, as it builds and records.
        """
        now = time.perf_counter()
        if current == 0:
            return ""
        if self._mark is None:
            self._mark = current, now
        steps, since = current - self._mark[0], self._mark[1]
        if steps <= 0:
            steps, since = current, self._start
        pace = (now - since) / steps
        step = step_text(pace, self.unit_name)
        if self.target is None:
            return f"{duration_text(now - self._start)} {step}"
        left = duration_text(pace * max(self.target - current, 0))
        return f"{left} left {step}"


class _Averages:
    """The metrics of a bar, averaged over the steps where that is asked for."""

    def __init__(
        self, stateful: Iterable[str] | None, stateless: Iterable[str] | None
    ) -> None:
        self._stateful = None if stateful is None else set(stateful)
        self._stateless = None if stateless is None else set(stateless)
        self._sums: dict[str, tuple[Any, int]] = {}

    def add(self, values: Values, steps: int) -> list[tuple[str, Any]]:
        """Takes the values of some steps and returns what to show."""
        steps = max(steps, 1)
        for name, value in values:
            if self._is_averaged(name):
                total, count = self._sums.get(name, (0.0, 0))
                self._sums[name] = total + value * steps, count + steps
            else:
                self._sums[name] = value, 1
        return [
            (name, total / count if count > 1 else total)
            for name, (total, count) in self._sums.items()
        ]

    def _is_averaged(self, name: str) -> bool:
        if self._stateless is not None:
            return name in self._stateless
        return self._stateful is None or name not in self._stateful
