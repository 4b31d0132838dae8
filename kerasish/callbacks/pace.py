"""Pace: how often the hooks of batches are called."""

import sys
from collections.abc import Callable
from typing import Any

from kerasish.callbacks.logs import LazyLogs

__all__ = ["Pace"]


class Pace:
    """Calls the hooks of batches once for every few of them.

    Args:
        begin: Called with the number of the first batch.
        end: Called with the number of the last one, and its logs.
        every: Batches between two calls, `steps_per_execution`.

    Example:
        >>> pace = Pace(print, lambda step, logs: print(step, dict(logs)), every=2)
        >>> for step in range(3):
        ...     pace.before(step)
        ...     pace.after(step, lambda: {"loss": 0.5})
        0
        1 {'loss': 0.5}
        2
        >>> pace.close()
        2 {'loss': 0.5}
    """

    def __init__(
        self, begin: Callable[..., Any], end: Callable[..., Any], every: int = 1
    ) -> None:
        self._begin = begin
        self._end = end
        self._every = every
        self._open: tuple[int, Callable[[], Any]] | None = None

    def before(self, step: int) -> None:
        """Says that a batch is about to run.

        Args:
            step: Its number.
        """
        if step % self._every == 0:
            self._begin(step)

    def after(self, step: int, read: Callable[[], Any]) -> None:
        """Says that a batch has run.

        Args:
            step: Its number.
            read: Returns the logs; called if somebody looks, and at the latest before
                the next batch.
        """
        self._open = (step, read)
        if (step + 1) % self._every == 0:
            self.close()

    def close(self) -> None:
        """Says that no further batch follows."""
        if self._open is None:
            return
        (step, read), self._open = self._open, None
        logs = LazyLogs(read)
        self._end(step, logs)
        if sys.getrefcount(logs) > 2:  # somebody keeps them beyond the next step
            logs.read()
