"""Lines and bars on a terminal, in a notebook, and where there is neither."""

import io
import subprocess
import sys
import threading
from types import SimpleNamespace

import pytest

from kerasish.callbacks import terminal as module
from kerasish.callbacks.terminal import (
    bar_format,
    bar_text,
    is_live,
    open_bar,
    resolve_verbose,
    write_line,
)
from kerasish.core import config
from kerasish.core.errors import ArgumentError


@pytest.fixture
def notebook(monkeypatch):
    """Makes IPython say that there is a kernel."""
    shell = SimpleNamespace(kernel=object())
    ipython = SimpleNamespace(get_ipython=lambda: shell)
    monkeypatch.setitem(sys.modules, "IPython", ipython)


@pytest.fixture
def plain(output):
    return output(io.StringIO())


def test_live_on_a_terminal(terminal):
    assert is_live()


def test_not_live_in_a_file(plain):
    assert not is_live()
    plain.close()
    assert not is_live()


def test_not_live_without_an_output(output):
    output(None)
    assert not is_live()
    write_line("nowhere")


def test_live_in_a_notebook(plain, notebook):
    assert is_live()


def test_not_live_in_plain_ipython(plain, monkeypatch):
    ipython = SimpleNamespace(get_ipython=lambda: SimpleNamespace())
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    assert not is_live()


def test_verbose_auto_on_a_terminal(terminal):
    assert resolve_verbose("auto") == 1
    config.disable_interactive_logging()
    assert resolve_verbose("auto") == 2


def test_verbose_auto_in_a_file(plain):
    assert resolve_verbose("auto") == 2


@pytest.mark.parametrize(("verbose", "level"), [(0, 0), (1, 1), (2, 2), (True, 1)])
def test_verbose_given(verbose, level):
    assert resolve_verbose(verbose) == level


@pytest.mark.parametrize("verbose", [3, -1, "yes", None, 0.5])
def test_bad_verbose(verbose):
    match = "`verbose` must be 0, 1, 2 or 'auto'. Received: verbose="
    with pytest.raises(ArgumentError, match=match):
        resolve_verbose(verbose)


def test_lines(plain):
    write_line("one")
    write_line("two")
    assert plain.getvalue() == "one\ntwo\n"


def test_text_of_a_bar(plain):
    assert bar_text(1, 4, 8) == "━━──────"
    assert bar_text(0, 4, 4) == "────"
    assert bar_text(5, 4, 4) == "━━━━"


def test_text_of_a_bar_in_colour(terminal, monkeypatch):
    assert bar_text(2, 4, 4) == "\x1b[32m━━\x1b[0m──"
    monkeypatch.setenv("NO_COLOR", "1")
    assert bar_text(2, 4, 4) == "━━──"


def test_text_of_a_bar_in_ascii(output):
    output(io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    assert bar_text(2, 4, 4) == "==.."


def test_a_bar_is_drawn_and_gone_when_closed(terminal):
    bar = open_bar(4, 8, "before ", " after")
    assert "before \x1b[32m────────\x1b[0m after" in terminal.getvalue()
    bar.n = 2
    bar.bar_format = bar_format(8, "B ", " {A}")
    bar.refresh()
    bar.close()
    *_, drawn, cleared, end = terminal.getvalue().split("\r")
    assert "B \x1b[32m━━━━────\x1b[0m {A}" in drawn
    assert cleared.strip() == end == ""
    assert "\n" not in terminal.getvalue()


def test_a_line_is_written_above_a_bar(terminal):
    bar = open_bar(4, 8, "before ", "")
    write_line("the line")
    text = terminal.getvalue()
    assert text.index("\rthe line\n") < text.rindex("before ")
    bar.close()
    write_line("last")
    assert terminal.getvalue().endswith("\rlast\n")


def test_bars_start_no_thread(terminal):
    before = threading.active_count()
    open_bar(4, 8, "", "").close()
    assert threading.active_count() == before


def test_a_bar_in_a_notebook_is_of_tqdm_auto(plain, notebook, monkeypatch):
    class Fake:
        def __init__(self, **arguments):
            self.arguments = arguments

    monkeypatch.setitem(sys.modules, "tqdm.auto", SimpleNamespace(tqdm=Fake))
    module._bar_class.cache_clear()
    bar = open_bar(4, 8, "", "")
    module._bar_class.cache_clear()
    assert isinstance(bar, Fake)
    assert bar.arguments["file"] is plain
    assert bar.arguments["colour"] is None


def test_nothing_optional_is_imported_with_the_callbacks():
    late = {"tqdm", "pandas", "urllib.request", "IPython", "matplotlib"}
    code = f"import sys, kerasish.callbacks; print({late!r} & set(sys.modules))"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_a_bar_in_a_notebook_has_no_width(notebook):
    assert bar_format(8, "a", "b") == "a{bar}b"
