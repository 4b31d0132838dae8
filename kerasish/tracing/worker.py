"""A thread that does one thing after another in the background.

It lives as long as there is something to do. A program that ends waits for what is
under way, since a compiler cannot be interrupted, and gives up the rest.
"""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

__all__ = ["Worker"]


class Worker:
    """Calls functions in the background, in order."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queue: deque[tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]]
        self._queue = deque()
        self._thread: threading.Thread | None = None

    def submit(self, function: Callable[..., Any], *arguments: Any) -> "Future[Any]":
        """Returns a future of what a function returns.

        Args:
            function: What to call.
            arguments: Its arguments.
        """
        future: Future[Any] = Future()
        with self._lock:
            self._queue.append((future, function, arguments))
            # A thread that was started before a fork is not alive after it.
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="kerasish")
                self._thread.start()
        return future

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._queue:
                    self._thread = None
                    return
                future, function, arguments = self._queue.popleft()
            if not threading.main_thread().is_alive():
                future.cancel()
            elif future.set_running_or_notify_cancel():
                try:
                    future.set_result(function(*arguments))
                except BaseException as error:
                    future.set_exception(error)
