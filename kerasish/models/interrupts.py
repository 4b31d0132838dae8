"""Ctrl-C between training steps, never within one: no update is left half done."""

# What `signal` wraps for its enums, which takes 4 us a call before Python 3.12.
import _signal  # type: ignore[import-not-found]
import signal
import threading
from collections.abc import Callable
from typing import Any

__all__ = ["BetweenSteps"]

SIGNALS = ("SIGINT", "SIGTERM")


class BetweenSteps:
    """Puts signals that arrive during a step off until the step is done.

    A second signal in the same step goes through at once, as the step may be the
    trouble. Handlers are the user's or Python's own, which raises `KeyboardInterrupt`;
    they are asked only in the main thread, where Python runs them.

    Example:
        >>> with BetweenSteps() as between:
        ...     between.run(sum, [1, 2])
        3
    """

    def __init__(self) -> None:
        self._inside = False
        self._waiting: tuple[Any, Any] | None = None
        self._handlers: dict[Any, Any] = {}

    def __enter__(self) -> "BetweenSteps":
        if threading.current_thread() is threading.main_thread():
            for name in SIGNALS:
                number = getattr(signal, name)
                handler = _signal.getsignal(number)
                if callable(handler):  # not one of those of the operating system
                    self._handlers[number] = handler
                    _signal.signal(number, self._receive)
        return self

    def __exit__(self, *_: Any) -> None:
        for number, handler in self._handlers.items():
            if _signal.getsignal(number) == self._receive:
                _signal.signal(number, handler)

    def run(self, step: Callable[..., Any], *args: Any) -> Any:
        """Runs a step to its end.

        Args:
            step: A function.
            *args: Its arguments.

        Returns:
            What it returns.
        """
        self._inside = True
        try:
            return step(*args)
        finally:
            self._inside = False
            if self._waiting is not None:
                (number, frame), self._waiting = self._waiting, None
                self._handlers[number](number, frame)

    def _receive(self, number: int, frame: Any) -> None:
        if self._inside and self._waiting is None:
            self._waiting = (number, frame)
        else:
            self._waiting = None
            self._handlers[number](number, frame)
