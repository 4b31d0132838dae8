"""What progress needs of the terminal: is there one, a line, a bar by tqdm."""

import functools
import os
import sys
import threading
from typing import Any

from kerasish.backends.communication import is_first
from kerasish.core import config
from kerasish.core.errors import ArgumentError

__all__ = [
    "bar_format",
    "bar_text",
    "is_live",
    "open_bar",
    "resolve_verbose",
    "write_line",
]

GREEN, PLAIN = "\x1b[32m", "\x1b[0m"


def is_live() -> bool:
    """Returns whether a line on standard output can be redrawn.

    That is so in a terminal and in a notebook, and not in a file or a pipe.
    """
    if sys.stdout is None or sys.stdout.closed:
        return False
    return sys.stdout.isatty() or _in_notebook()


def resolve_verbose(verbose: Any) -> int:
    """Returns the level of output that a `verbose` argument stands for.

    Args:
        verbose: 0 is silent, 1 a progress bar, 2 one line an epoch. `"auto"` is 1 in a
            terminal or notebook unless `config.disable_interactive_logging()` was
            called, and otherwise 2.

    Raises:
        ArgumentError: If it is none of these.

    Example:
        >>> resolve_verbose(1), resolve_verbose(False)
        (1, 0)
    """
    if verbose == "auto":
        return 1 if is_live() and config.is_interactive_logging_enabled() else 2
    if verbose not in (0, 1, 2):
        raise ArgumentError(
            f"`verbose` must be 0, 1, 2 or 'auto'. Received: verbose={verbose!r}"
        )
    return int(verbose)


def write_line(text: str) -> None:
    """Prints a line, above the progress bars that are drawn at the moment.

    Of several processes that train together only the first does.

    Args:
        text: The line, without its end.
    """
    if not is_first():
        return
    tqdm = sys.modules.get("tqdm")
    if tqdm is not None and getattr(tqdm.tqdm, "_instances", None):
        tqdm.tqdm.write(text, file=sys.stdout)
    elif sys.stdout is not None:
        print(text, file=sys.stdout, flush=True)


def bar_text(done: int, total: int, width: int) -> str:
    """Returns a bar as text, in colour where the output is a terminal.

    Args:
        done: Steps done.
        total: Steps in all, at least 1.
        width: Characters.
    """
    rest, full = _characters()
    count = min(width, width * done // total)
    if not _coloured():
        return full * count + rest * (width - count)
    return f"{GREEN}{full * count}{PLAIN}{rest * (width - count)}"


def open_bar(
    total: int | None, width: int, before: str, after: str, done: int = 0
) -> Any:
    """Draws a tqdm bar that is redrawn only when told, and gone when closed.

    Args:
        total: Steps in all, None if unknown.
        width: Characters of the bar.
        before: Text before the bar.
        after: Text after the bar.
        done: Steps done.

    Returns:
        The `tqdm` instance. Set its `n` and `bar_format`, then call `refresh()`.
    """
    return _bar_class(_in_notebook())(
        total=total,
        initial=done,
        file=sys.stdout,
        leave=False,
        dynamic_ncols=True,
        ascii="".join(_characters()),
        bar_format=bar_format(width, before, after),
        colour="green" if _coloured() else None,
    )


def bar_format(width: int, before: str, after: str) -> str:
    """Returns tqdm's `bar_format` of a bar between two texts.

    Args:
        width: Characters of the bar.
        before: Text before the bar.
        after: Text after the bar.

    Example:
        >>> bar_format(20, "1/2 ", " {} left")
        '1/2 {bar:20} {{}} left'
    """
    escaped = [text.replace("{", "{{").replace("}", "}}") for text in (before, after)]
    # In a notebook the bar is a widget, which has no width in characters.
    bar = "{bar}" if _in_notebook() else f"{{bar:{width}}}"
    return f"{escaped[0]}{bar}{escaped[1]}"


@functools.cache
def _bar_class(notebook: bool) -> Any:
    # tqdm is imported with the first bar, not with kerasish.
    if notebook:
        from tqdm.auto import tqdm
    else:
        from tqdm import tqdm

    class Bar(tqdm):  # type: ignore[misc]
        """A bar without tqdm's watching thread and lock between processes."""

        monitor_interval = 0
        _lock = threading.RLock()

    return Bar


def _in_notebook() -> bool:
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return hasattr(shell, "kernel")


def _coloured() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def _characters() -> tuple[str, str]:
    """Returns the characters for what is left and what is done."""
    try:
        "─━".encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return ".", "="
    return "─", "━"
