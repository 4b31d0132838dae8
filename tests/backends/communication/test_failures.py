"""A process that fails tells the others."""

import subprocess
import sys
import textwrap

from kerasish.backends.communication import Communicator, abort_on_error

SCRIPT = """
    import os
    from kerasish.backends.communication import Communicator, abort_on_error

    class Telling(Communicator):
        def abort(self, reason):
            print("told:", reason, flush=True)
            os._exit(7)

    abort_on_error(Telling(0, 2))
    print("begun")
    {end}
"""


def run(end):
    code = textwrap.dedent(SCRIPT).format(end=end)
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60
    )


def test_an_exception_is_shown_and_told():
    made = run("raise KeyError('lost')")
    assert made.returncode == 7
    assert made.stdout == "begun\ntold: KeyError: 'lost'\n"
    assert "Traceback" in made.stderr


def test_an_end_without_exception_tells_nobody():
    made = run("pass")
    assert (made.returncode, made.stdout) == (0, "begun\n")


def test_the_hook_that_was_there_comes_first(monkeypatch):
    told = []

    class Telling(Communicator):
        def abort(self, reason):
            told.append(reason)

    monkeypatch.setattr(sys, "excepthook", lambda *error: told.append("shown"))
    abort_on_error(Telling(0, 2))
    sys.excepthook(KeyError, KeyError("lost"), None)
    assert told == ["shown", "KeyError: 'lost'"]


def test_streams_may_be_missing():
    made = run("import sys; sys.stderr = None; raise KeyError('lost')")
    assert made.returncode == 7
