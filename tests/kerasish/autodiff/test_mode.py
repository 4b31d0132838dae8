"""The surroundings of an operation."""

import threading

import pytest

from kerasish.autodiff import autocast_scope, symbolic_scope
from kerasish.autodiff.mode import Mode, current, mode


def test_fields_change_inside_and_come_back():
    assert current() == Mode()
    with mode(autocast="float16") as changed:
        assert current() is changed
        with symbolic_scope():
            assert current() == Mode(autocast="float16", symbolic=True)
        assert not current().symbolic
    assert current() == Mode()


def test_errors_put_it_back():
    with pytest.raises(ZeroDivisionError), autocast_scope("float16"):
        raise ZeroDivisionError
    assert current().autocast is None


def test_threads_have_their_own():
    seen = []
    with autocast_scope("float16"):
        thread = threading.Thread(target=lambda: seen.append(current().autocast))
        thread.start()
        thread.join()
    assert seen == [None]
